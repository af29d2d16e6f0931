"""Read values of a template: literals, and references to other resources.

A value that only the deployment resolves, such as `Fn::If` or a parameter, is no literal. A policy
can't compare it with a minimum, so it counts as a violation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_NAMED = re.compile(r"\$\{(\w+)(?:\.[^}]*)?\}")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
_CONDITIONAL = "Fn::If"


def at(node: Any, path: str) -> Any:
    """Return the value at a path such as `Rules/0/Status`; None without one."""
    for step in path.split("/"):
        if isinstance(node, Mapping):
            node = node.get(step)
        elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            return None
    return node


def number(value: Any) -> int | None:
    """Return the literal number: CloudFormation also accepts it as text."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def at_least(value: Any, minimum: int) -> bool:
    """Return whether the value is a literal number of at least `minimum`."""
    found = number(value)
    return found is not None and found >= minimum


def is_true(value: Any) -> bool:
    """Return whether the value is the literal true: CloudFormation also accepts it as text."""
    return value is True or value == "true"


def is_false(value: Any) -> bool:
    """Return whether the value is the literal false; an unset value isn't."""
    return value is False or value == "false"


def reference(value: Any) -> str:
    """Return the logical id to which the complete value refers; empty when it is no reference."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return ""
    ((function, argument),) = value.items()
    if function == "Ref" and isinstance(argument, str):
        return argument
    if function == "Fn::GetAtt":
        name = argument.partition(".")[0] if isinstance(argument, str) else at(argument, "0")
        return name if isinstance(name, str) else ""
    if function == "Fn::Sub" and isinstance(argument, str):
        found = _NAMED.fullmatch(argument)
        return found[1] if found else ""
    return ""


def references(node: Any) -> Iterator[str]:
    """Yield each logical id to which a part of the value refers, except below a condition."""
    if isinstance(node, Mapping):
        if _CONDITIONAL in node:
            return
        if found := reference(node):
            yield found
        elif "Fn::Sub" in node:
            yield from _NAMED.findall(str(node["Fn::Sub"]))
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def items(value: Any) -> list[Any]:
    """Return a list as it is, nothing for an unset value, and another value as a list of it."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
