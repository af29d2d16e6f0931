"""Random manifests for fuzzing: mutated, spliced or generated from a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from support.hostile import EVERYTHING, expression
from support.manifests import FIXTURES, VALID

WORDS = (
    *"{}[]()|~+-*/%<>=!,.:;'\"&*?#@`\\ \t\n",
    *(
        "{{",
        "}}",
        "{%",
        "%}",
        "- ",
        ": ",
        "<<",
        "&a",
        "*a",
        "!!str",
        "---\n",
        "...\n",
        ">-\n",
        "|\n",
    ),
    *("null", "true", "no", "014", "1e999", ".inf", "0x1f", "2024-01-01", "10.0.0.0/8", "''"),
    *("environment", "network", "cidr", "tags", "owner", "extends", "merge", "divergences"),
    *(
        "{{ environment.name }}",
        "{{ subnet(network.cidr, 20, 1) }}",
        "{{ 'a' * 9 }}",
        "{{ x | y }}",
    ),
    *("sample.yaml", "../x", "\u202e", "\u200b", "\x00", "\x1b[2J", "\ufeff", "é", "名", "🎉"),
)


def generated(seed: int) -> bytes:
    """Return the input of a seed; it is always the same."""
    source = random.Random(seed)
    return source.choice(MAKERS)(source)[:300_000]


def _mutated(source: random.Random) -> bytes:
    """Return a manifest of the test suite with a few random edits."""
    text = source.choice(SOURCES)
    for _ in range(source.choice((1, 1, 1, 2, 3, 6))):
        start = source.randrange(len(text) + 1)
        end = min(len(text), start + source.choice((0, 0, 1, 1, 3, 12, 80)))
        middle = source.choice((*WORDS, text[start:end] * 2, ""))
        text = text[:start] + middle + text[end:]
    return text.encode("utf-8", "surrogatepass")


def _flipped(source: random.Random) -> bytes:
    """Return a manifest with random bytes changed."""
    data = bytearray(source.choice(SOURCES).encode())
    for _ in range(source.randint(1, 8)):
        data[source.randrange(len(data))] = source.randrange(256)
    return bytes(data)


def _worded(source: random.Random) -> bytes:
    """Return random YAML and Jinja tokens."""
    return "".join(source.choice(WORDS) for _ in range(source.randint(1, 120))).encode()


def _expressed(source: random.Random) -> bytes:
    """Return a valid manifest with a random expression, valid or not."""
    words = (
        *("1", "0", "9" * 18, "2.5", "'a'", "true", "none", "[]", "network.cidr", "environment"),
        *(
            "+",
            "-",
            "*",
            "/",
            "//",
            "%",
            "**",
            "~",
            "|",
            "==",
            "<",
            "in",
            "not",
            "and",
            "if",
            "else",
        ),
        *(
            "(",
            ")",
            "[",
            "]",
            ",",
            ".",
            "subnet",
            "size",
            "shorten",
            "replace",
            "join",
            "min",
            "abs",
            "round",
            "default",
            "sort",
            "index=1",
        ),
        *("__class__", "loop", "self", "range", "environment.tier", "'10.0.0.0/8'", "'1 GiB'"),
    )
    text = " ".join(source.choice(words) for _ in range(source.randint(1, 40)))
    return expression("{{ " + text + " }}").encode()


def _nested(source: random.Random) -> bytes:
    """Return nested lists and mappings, wide or deep."""

    def node(depth: int) -> str:
        if depth == 0 or source.random() < 0.2:
            return source.choice(WORDS).strip() or "x"
        inner = [node(depth - 1) for _ in range(source.randint(0, 6))]
        if source.random() < 0.5:
            return "[" + ", ".join(inner) + "]"
        return "{" + ", ".join(f"k{n}: {each}" for n, each in enumerate(inner)) + "}"

    return (VALID + f"tags: {node(source.randint(1, 14))}\n").encode("utf-8", "surrogatepass")


def _layered(source: random.Random) -> bytes:
    """Return a valid manifest with random directives."""
    known = [
        "network",
        "network.cidr",
        "network.interface_endpoints",
        "stream",
        "stream.shards",
        "x",
    ]
    files = ["sample.yaml", "neighbour.yaml", "defaults.yaml", "../x.yaml", "/x.yaml", "", "x"]
    strategies = ["append", "replace", "unset", "{{ 1 }}", "null", "[]"]
    asked = {source.choice(known): source.choice(strategies) for _ in range(source.randint(0, 4))}
    lines = [
        f"extends: [{', '.join(source.choices(files, k=source.randint(0, 4)))}]",
        "merge: {" + ", ".join(f"{key}: {how}" for key, how in asked.items()) + "}",
        f"divergences: [{{key: {source.choice(known)}, reason: {source.choice(WORDS)!r} of it}}]",
    ]
    own = source.choice(
        ["  interface_endpoints: [kms]\n", "stream: {shards: 3}\n", "stream: {}\n", ""]
    )
    kept = [line for line in lines if source.random() < 0.7]
    return ("\n".join(kept) + "\n" + VALID + own).encode("utf-8", "surrogatepass")


def _named(source: random.Random) -> bytes:
    """Return one of the malicious manifests with a random edit."""
    data = bytearray(source.choice(KNOWN))
    data[source.randrange(len(data) + 1) : 0] = source.choice(WORDS).encode()
    return bytes(data)


# All use the name of the file that they are written to, which avoids an unrelated finding.
SOURCES = tuple(
    re.sub(r"(?m)^  name: \w+$", "  name: sample", path.read_text("utf-8", "replace"), count=1)
    for folder in (FIXTURES / "environments", FIXTURES / "valid", FIXTURES / "invalid")
    for path in sorted(folder.glob("*.yaml"))
)
KNOWN = tuple(
    data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    for data in EVERYTHING.values()
)
# Malicious manifests are slow to check, because each reaches a limit; so they are rare.
MAKERS: tuple[Callable[[random.Random], bytes], ...] = (
    *[_mutated] * 6,
    *[_expressed] * 6,
    *[_flipped] * 3,
    *[_worded] * 3,
    *[_nested] * 3,
    *[_layered] * 2,
    _named,
)


def inputs(first: int, count: int) -> Iterator[tuple[int, bytes]]:
    """Yield seeds and their inputs."""
    for seed in range(first, first + count):
        yield seed, generated(seed)
