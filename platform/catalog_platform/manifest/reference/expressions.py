"""docs/expressions.md: what `{{ … }}` may hold."""

from __future__ import annotations

import itertools

from catalog_platform.manifest import evaluation, grammar, render
from catalog_platform.manifest.functions import FUNCTIONS, Function
from catalog_platform.manifest.functions.arguments import MAXIMUM_TEXT

HEAD = f"""\
# Expressions

A value in a manifest may be an expression: `"{{{{ … }}}}"`, in quotes. The grammar is Jinja's. A
value that is one whole expression keeps its type; with text around it, it becomes text.

```yaml
processor:
  tracing: "{{{{ environment.tier != 'development' }}}}"          # true or false
database:
  storage_gib: "{{{{ size('1 TiB', 'GiB') }}}}"                    # a number
network:
  cidr: "{{{{ subnet('10.64.0.0/10', 16, 3) }}}}"                  # text
  availability_zones: ["{{{{ environment.region }}}}a", "{{{{ environment.region }}}}b"]
```

An expression may look at every other key of the environment, as `section.key`, `section['key']` or
`section.list[0]`: at what the key comes to, whichever file sets it. Two keys that need each other
are a [finding](rules.md#cycle); a key that does not exist is one even in a branch that is not
taken.

## Operators

| written | gives |
|---|---|
| `a + b`, `a - b`, `a * b`, `a / b`, `a // b`, `a % b`, `-a` | numbers; `+` also joins two texts |
| `a ~ b` | text, of anything but null |
| `a == b`, `!=`, `<`, `<=`, `>`, `>=`, `a in b`, `a not in b` | true or false |
| `a and b`, `a or b`, `not a` | as in Python |
| `a if condition else b` | one of the two |
| `x \\| f(y)` | the same as `f(x, y)` |

There are no statements, loops, assignments or attributes. `**` and multiplied texts are refused.

## Limits

They are the same on every machine, and hold whatever is written.

| what | at most |
|---|---|
| one expression | {grammar.MAXIMUM_LENGTH:,} characters, {grammar.MAXIMUM_NESTING} levels deep |
| all of an environment | {render.MAXIMUM_WRITTEN:,} characters, {evaluation.MAXIMUM_WORK:,} steps |
| a text, also on the way | {MAXIMUM_TEXT:,} characters |
| a whole number, also on the way | 2⁶³ - 1 |

Nothing can see a file, a clock, the network or the process.
"""


def page() -> str:
    """The whole page, functions from their docstrings."""
    parts = [HEAD]
    for group, functions in itertools.groupby(FUNCTIONS.values(), lambda each: each.group):
        parts.append(f"## {group}\n")
        parts += [_function(function) for function in functions]
    return "\n".join(parts)


def _function(function: Function) -> str:
    calls = "\n".join(f"{{{{ {call} }}}}  →  {_yaml(gives)}" for call, gives in function.examples)
    parts = [f"### `{function.usage}`", function.summary, function.details, f"```\n{calls}\n```"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _yaml(gives: str) -> str:
    return {"True": "true", "False": "false"}.get(gives, gives)
