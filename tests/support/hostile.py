"""Malicious manifests: inputs that are known to break parsers and template engines."""

from __future__ import annotations

from support.manifests import VALID

TAGS = VALID + "tags:\n  owner: "
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{here}: &{here} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, here in zip("abcdefgh", "bcdefghi", strict=True)
)
MANY_KEYS = "".join(f"  key_{number:05}_{'x' * 40}: 1\n" for number in range(1900))
DOUBLING = "".join(f'  k{n}: "{{{{ tags.k{n - 1} ~ tags.k{n - 1} }}}}"\n' for n in range(1, 99))

# Attacks on YAML parsers. Each must cause findings quickly.
FILES: dict[str, str | bytes] = {
    "alias bomb": BOMB + VALID,
    "recursive alias": "a: &a [*a]\n" + VALID,
    "merge key bomb": "a: &a {x: 1}\nb: {<<: [*a, *a]}\n",
    "duplicate keys": VALID + "database:\n  multi_az: true\n  multi_az: false\n",
    "depth 5000": VALID + "tags: " + "[" * 5000 + "]" * 5000,
    "depth 5000, mappings": VALID + "tags: " + "{a: " * 5000 + "1" + "}" * 5000,
    "depth 5000, block": "".join(f"{' ' * n}a:\n" for n in range(500)),
    "unclosed brackets": VALID + "tags: " + "[" * 100_000,
    "python object": TAGS + "!!python/object/apply:os.system [id]\n",
    "binary tag": TAGS + "!!binary aGVsbG8=\n",
    "set tag": VALID + "tags: !!set {a, b}\n",
    "timestamp tag": TAGS + "!!timestamp 2024-01-01\n",
    "own tag": TAGS + "!exec id\n",
    "several documents": VALID + "---\n" + VALID,
    "many documents": "---\n" * 50_000,
    "value key": VALID + "tags: {=: x}\n",
    "number keys": VALID + "tags: {1: a, 1.0: b, true: c, on: d}\n",
    "list as key": VALID + "tags: {[a, b]: c}\n",
    "null byte": (TAGS + "a\0b\n").encode(),
    "null escape": TAGS + '"a\\0b"\n',
    "bidirectional override": TAGS + '"a\u202eb"\n',
    "bidirectional escape": TAGS + '"a\\u202Eb"\n',
    "zero width space": TAGS + '"a\u200bb"\n',
    "full-width characters": VALID.replace("sample", "\uff53\uff41mple"),
    "lone surrogate": TAGS + '"\\ud800"\n',
    "surrogate bytes": TAGS.encode() + b'"\xed\xa0\x80"\n',
    "not utf-8": TAGS.encode() + b"\xff\xfe\n",
    "utf-16": VALID.encode("utf-16"),
    "byte order mark inside": TAGS + '"\ufeff"\n',
    "terminal escape": TAGS + '"\\e[2J\\e]0;owned\\a"\n',
    "number of 5000 digits": VALID + f"database: {{port: {'9' * 5000}}}\n",
    "sexagesimal number": VALID + f"database: {{port: 1{':59' * 1000}}}\n",
    "infinity": VALID + "database: {port: .inf}\n",
    "not a number": VALID + "database: {port: .nan}\n",
    "impossible date": VALID + "database: {backup_window: 2024-13-45}\n",
    "one long line": VALID + "tags: {owner: " + "x" * 200_000 + "}\n",
    "one long key": VALID + "x" * 200_000 + ": 1\n",
    "many keys": VALID + "tags:\n" + MANY_KEYS,
    "many sections": "".join(f"section_{n}: 1\n" for n in range(1900)),
    "many values": VALID + "tags: [" + "a, " * 60_000 + "]\n",
    "many comments": VALID + "# x\n" * 60_000,
    "many duplicates": VALID + "tags:\n" + "  owner: x\n" * 1900,
    "escape sequence in extends": 'extends: ["\\e]0;owned\\a.yaml"]\n' + VALID,
    "lines in extends": 'extends: ["x\\n::error::owned"]\n' + VALID,
    "lines in merge": 'merge: {"x": "a\\n::error::owned"}\n' + VALID,
    "lines in divergences": 'divergences: [{key: "a\\nb", reason: "because\\nwe can"}]\n' + VALID,
    "lines in exceptions": 'exceptions: [{rule: "a\\nb", key: tags.owner, owner: me, '
    'reason: "because\\nwe have to do this", expires: 2030-12-31}]\n' + VALID,
    "empty": "",
    "only a comment": "# nothing\n",
    "only null": "null\n",
    "a list": "- a\n- b\n",
    "an expression as a file": "{{ 1 }}\n",
}

# Attacks on Jinja, each as the value of a key.
EXPRESSIONS: dict[str, str] = {
    "a text times a billion": "{{ 'a' * 10**9 }}",
    "a text times a billion, spelt out": "{{ 'a' * 1000000000 }}",
    "a list times a billion": "{{ [0] * 1000000000 }}",
    "nested ranges": "{% for a in range(99999) %}{% for b in range(99999) %}x"
    "{% endfor %}{% endfor %}",
    "a range": "{{ range(10**9) | length }}",
    "power": "{{ 10 ** (10 ** 7) }}",
    "padding": "{{ 'a' | center(10**9) }}",
    "format": "{{ '%1000000000d' % 1 }}",
    "lipsum": "{{ lipsum(n=20000) }}",
    "attributes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "attributes by filter": "{{ '' | attr('__class__') }}",
    "attributes by item": "{{ ''['__class__'] }}",
    "globals": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "format by filter": "{{ '{0.__class__}' | attr('format')(1) }}",
    "mutation": "{{ network.availability_zones.append('x') }}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}",
    "assignment": "{% set x = 1 %}",
    "itself": "{{ self.__dict__ }}",
    "deep brackets": "{{ " + "(" * 480 + "1" + ")" * 480 + " }}",
    "deep nots": "{{ " + "not " * 240 + "1 }}",
    "long sum": "{{ " + "1+" * 490 + "1 }}",
    "long number": "{{ " + "9" * 990 + " }}",
    "too long": "{{ '" + "x" * 4000 + "' }}",
    "null into text": "a{{ none }}",
    "overflow": "{{ 1e308 * 10 }}",
    "division by zero": "{{ 1 // 0 }}",
    "injected lines": "{{ 'x\\nprod: true' }}",
    "hidden character": "{{ '\\u202e' }}",
    "escape sequence in a key": '{{ tags["\\x1b]0;owned\\x07"] }}',
    "lines in a key": '{{ tags["\\n::error::owned"] }}',
    "surrogate in a key": '{{ tags["\\ud800"] }}',
    "surrogate in a section": '{{ tags["a"]["\\ud800"] }}',
    "escape sequence as a unit": '{{ size("1 GiB", "\\x1b[2J") }}',
    "escape sequence as an amount": '{{ duration("\\x1b[2J", "s") }}',
    "escape sequence as a limit": '{{ shorten("a", "\\x1b[2J") }}',
    "escape sequence as a block": '{{ subnet("\\x1b[2J", 20, 0) }}',
    "escape sequence as a number": '{{ "\\x1b[2J" | int }}',
    "surrogate to digest": '{{ digest("\\ud800") }}',
    "surrogate to encode": '{{ "\\ud800" | urlencode }}',
    "not closed": "{{ 'a",
    "only the start": "{{",
    "whole section": "{{ network }}",
    "subnet of the world": "{{ subnet('0.0.0.0/0', 32, 2**31) }}",
    "subnet far away": "{{ subnet('10.0.0.0/8', 32, 99999999999) }}",
    "size of the universe": "{{ size('999999999999999999 PB', 'B') }}",
    "replace to grow": "{{ '" + "a" * 400 + "' | replace('a', '" + "b" * 400 + "') }}",
    "join to grow": "{{ ['a', 'b', 'c', 'd', 'e', 'f'] | join('" + "x" * 900 + "') }}",
    "indentation": "{{ 'a' | indent(10**9) }}",
    "indentation, spelt out": "{{ 'a' | indent(1000000000, true) }}",
    "batches": "{{ [1] | batch(1000000000, 'x') | length }}",
    "format by Jinja": "{{ '%1000000000d' | format(1) }}",
    "json": "{{ network | tojson }}",
    "precision": "{{ 1.5 | round(1000000000) }}",
    "other filters by name": "{{ ['a'] | map('center', 1000000000) | join }}",
    "attribute of elements": "{{ ['a'] | join(attribute='__class__') }}",
    "argument of the sandbox": "{{ 'a' | upper(context=1) }}",
    "argument of Python": "{{ subnet(__debug__=1) }}",
    "repeated argument": "{{ subnet(index=1, index=2) }}",
    "keyword as argument": "{{ subnet(class=1, lambda=2) }}",
    "itself as a section": "{{ self.x }}",
    "long comparison": "{{ " + "1 < " * 200 + "'a' }}",
}
DRAGS: dict[str, str] = {
    "texts that double": VALID + "tags:\n  k0: xxxxxxxx\n" + DOUBLING,
    "expressions of all keys": VALID
    + "tags:\n"
    + "".join(f'  k{n}: "{{{{ [{", ".join(["tags"] * 40)}] | length }}}}"\n' for n in range(900)),
    "many long expressions": VALID
    + "tags:\n"
    + "".join(f'  k{n}: "{{{{ {" ~ ".join(["environment.name"] * 50)} }}}}"\n' for n in range(250)),
    "one long chain": VALID
    + "tags:\n  k0: x\n"
    + "".join(f'  k{n}: "{{{{ tags.k{n - 1} }}}}"\n' for n in range(1, 900)),
    "one long cycle": VALID
    + "tags:\n"
    + "".join(f'  k{n}: "{{{{ tags.k{(n + 1) % 900} }}}}"\n' for n in range(900)),
    "many cycles": VALID
    + "tags:\n"
    + "".join(f'  k{n}: "{{{{ tags.k{n} }}}}"\n' for n in range(900)),
    "many misspelt names": VALID
    + "tags:\n"
    + "".join(f'  k{n}: "{{{{ tags.q{"z" * 40}{n} }}}}"\n' for n in range(900)),
}


def expression(text: str) -> str:
    """Return a manifest with an expression as one of its values."""
    return TAGS + "'" + text.replace("'", "''") + "'\n"


EVERYTHING: dict[str, str | bytes] = {
    **FILES,
    **{f"expression: {name}": expression(text) for name, text in EXPRESSIONS.items()},
    **DRAGS,
}
