"""Generator of docs/expressions.md, the reference of expressions in manifests."""

from __future__ import annotations

import itertools

from catalog_platform.manifest import grammar, render
from catalog_platform.manifest.functions import FUNCTIONS, ExpressionFunction
from catalog_platform.manifest.functions.filters import FILTERS, JinjaFilter
from catalog_platform.manifest.values import MAXIMUM_TEXT, MAXIMUM_WORK

HEAD = f"""\
# Expressions

A value in a manifest can be an expression: `"{{{{ … }}}}"`, in quotes, in Jinja's syntax. If the
whole value is one expression, the result keeps its type. With text around it, the result is text.

```yaml
processor:
  tracing: "{{{{ environment.tier != 'development' }}}}"          # true or false
database:
  storage_gib: "{{{{ size('1 TiB', 'GiB') }}}}"                    # a number
network:
  cidr: "{{{{ subnet('10.64.0.0/10', 16, 3) }}}}"                  # text
  availability_zones: ["{{{{ environment.region }}}}a", "{{{{ environment.region }}}}b"]
```

An expression can refer to any other key of the environment as `section.key`, `section['key']` or
`section.list[0]`. It gets the key's final value, after all files are merged. Keys that refer to
each other in a cycle are an [error](rules.md#cycle). A key that does not exist is an error even in
a branch that is not evaluated.

## Operators

| operator | result |
|---|---|
| `a + b`, `a - b`, `a * b`, `a / b`, `a // b`, `a % b`, `-a` | a number; `+` also joins two texts |
| `a ~ b` | both values joined as text; null is an error |
| `a == b`, `!=`, `<`, `<=`, `>`, `>=`, `a in b`, `a not in b` | true or false |
| `a and b`, `a or b`, `not a` | as in Python |
| `a if condition else b` | `a` or `b` |
| `x \\| f(y)` | the same as `f(x, y)` |

Jinja's sandbox evaluates expressions, with these restrictions: statements, loops, tests,
assignments and attributes are not allowed, nor are `**` and the multiplication of texts. When
joined to text, true and false are written as in YAML.

## Limits

Limits are the same on every machine.

| what | maximum |
|---|---|
| one expression | {grammar.MAXIMUM_LENGTH:,} characters, {grammar.MAXIMUM_NESTING} levels deep |
| all expressions together | {render.MAXIMUM_WRITTEN:,} characters, {MAXIMUM_WORK:,} steps |
| a text, including intermediate results | {MAXIMUM_TEXT:,} characters |
| a whole number, including intermediate results | 2⁶³ - 1 |

Expressions have no access to files, the clock, the network or the process.
"""

FILTER_HEAD = """\
## Jinja filters

Jinja documents them at <https://jinja.palletsprojects.com/en/stable/templates/#builtin-filters>.
They can be used as filters only, not called as functions. Jinja's other filters are not allowed:
they return results of unlimited size, markup or random values, or they read attributes.

| filter | input | example |
|---|---|---|"""


def page() -> str:
    """Return the text of the page; functions are described by their docstrings."""
    parts = [HEAD]
    for group, functions in itertools.groupby(FUNCTIONS.values(), lambda each: each.group):
        parts.append(f"## {group}\n")
        parts += [_function(function) for function in functions]
    parts += [FILTER_HEAD, *map(_filter, FILTERS.values())]
    return "\n".join(parts)


def _filter(each: JinjaFilter) -> str:
    written, gives = each.example
    pipe = "\\|"
    cells = (f"`{each.usage}`", ", ".join(sorted(each.takes)), f"`{written}` → `{gives}`")
    return "| " + " | ".join(cell.replace("|", pipe) for cell in cells) + " |"


def _function(function: ExpressionFunction) -> str:
    calls = "\n".join(f"{{{{ {call} }}}}  →  {_yaml(gives)}" for call, gives in function.examples)
    parts = [f"### `{function.usage}`", function.summary, function.details, f"```\n{calls}\n```"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _yaml(gives: str) -> str:
    return {"True": "true", "False": "false"}.get(gives, gives)
