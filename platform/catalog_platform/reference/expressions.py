"""docs/expressions.md: what `{{ … }}` may hold."""

from __future__ import annotations

import itertools

from catalog_platform.manifest import grammar, render
from catalog_platform.manifest.functions import FUNCTIONS, Function
from catalog_platform.manifest.functions.filters import FILTERS, Filter
from catalog_platform.manifest.values import MAXIMUM_TEXT, MAXIMUM_WORK

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

Jinja's own sandbox evaluates them, with restrictions: there are no statements, loops, tests,
assignments or attributes; `**` and multiplied texts are refused. True and false become text as YAML
writes them.

## Limits

They are the same on every machine, and hold whatever is written.

| what | at most |
|---|---|
| one expression | {grammar.MAXIMUM_LENGTH:,} characters, {grammar.MAXIMUM_NESTING} levels deep |
| all of an environment | {render.MAXIMUM_WRITTEN:,} characters, {MAXIMUM_WORK:,} steps |
| a text, also on the way | {MAXIMUM_TEXT:,} characters |
| a whole number, also on the way | 2⁶³ - 1 |

Nothing can see a file, a clock, the network or the process.
"""

FILTER_HEAD = """\
## Filters of Jinja

They are Jinja's own (<https://jinja.palletsprojects.com/en/stable/templates/#builtin-filters>),
and written as filters only. Jinja's other filters are refused: their result can be of any size, is
markup or differs from time to time, or they look at attributes.

| filter | takes | example |
|---|---|---|"""


def page() -> str:
    """The whole page, functions from their docstrings."""
    parts = [HEAD]
    for group, functions in itertools.groupby(FUNCTIONS.values(), lambda each: each.group):
        parts.append(f"## {group}\n")
        parts += [_function(function) for function in functions]
    parts += [FILTER_HEAD, *map(_filter, FILTERS.values())]
    return "\n".join(parts)


def _filter(each: Filter) -> str:
    written, gives = each.example
    pipe = "\\|"
    cells = (f"`{each.usage}`", ", ".join(sorted(each.takes)), f"`{written}` → `{gives}`")
    return "| " + " | ".join(cell.replace("|", pipe) for cell in cells) + " |"


def _function(function: Function) -> str:
    calls = "\n".join(f"{{{{ {call} }}}}  →  {_yaml(gives)}" for call, gives in function.examples)
    parts = [f"### `{function.usage}`", function.summary, function.details, f"```\n{calls}\n```"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _yaml(gives: str) -> str:
    return {"True": "true", "False": "false"}.get(gives, gives)
