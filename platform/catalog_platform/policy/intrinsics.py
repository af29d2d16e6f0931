"""Evaluate intrinsic functions as far as a template alone determines their values.

`Fn::If` yields both branches, because a policy must hold for each. References to resources and
parameters become placeholders such as `${Bucket.Arn}`.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

NO_VALUE = {"Ref": "AWS::NoValue"}
# The placeholder of a function whose result is only known when it is deployed.
UNKNOWN = "${unknown}"
# The functions whose texts are all names of something else.
_REFERRING = frozenset(("Fn::GetAZs", "Fn::GetAtt", "Fn::ImportValue", "Ref"))
# Their first argument is a condition, an index or a separator, which the result doesn't have.
_CHOOSING = frozenset(("Fn::If", "Fn::Select", "Fn::Split"))
# The functions that `texts` evaluates.
EVALUATED = frozenset(("Fn::GetAtt", "Fn::If", "Fn::Join", "Fn::Sub", "Ref"))
_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")


def function_of(value: Any) -> str:
    """Return the intrinsic function of a value: `Ref`, `Fn::…`; empty if it is none."""
    if isinstance(value, Mapping) and len(value) == 1:
        (name,) = value
        if name == "Ref" or str(name).startswith("Fn::"):
            return str(name)
    return ""


def branches(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield each value that `Fn::If` can select, with its path; `AWS::NoValue` yields nothing."""
    if value == NO_VALUE or value is None:
        return
    if function_of(value) == "Fn::If" and isinstance(value["Fn::If"], list):
        for number, branch in enumerate(value["Fn::If"][1:], start=1):
            yield from branches(branch, f"{path}/Fn::If/[{number}]")
    else:
        yield path, value


def items(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the items of a list, or a single value, in every branch, with their paths."""
    for where, branch in branches(value, path):
        if isinstance(branch, list):
            for number, item in enumerate(branch):
                yield from items(item, f"{where}/[{number}]")
        else:
            yield where, branch


def always(value: Any, expected: bool | str) -> bool:
    """Return whether a value is the literal in every branch; `"true"` is the same as `true`."""
    found = [branch for _, branch in branches(value, "")]
    return not can_be_absent(value) and all(_literal(each) == _literal(expected) for each in found)


def can_be_absent(value: Any) -> bool:
    """Return whether a property has no value, or none in a branch of `Fn::If`."""
    return value is None or NO_VALUE in _leaves(value)


def texts(value: Any) -> tuple[str, ...]:
    """Return every text that a scalar can have; nothing for `AWS::NoValue`."""
    return tuple(dict.fromkeys(_texts(value)))


def literals(value: Any) -> Iterator[str]:
    """Yield the texts that a value itself has, in any function, without what it refers to.

    Of `Fn::Sub`, that is the text between the references.
    """
    function = function_of(value)
    if function == "Fn::Sub":
        text, *variables = (
            value[function] if isinstance(value[function], list) else [value[function]]
        )
        yield _VARIABLE.sub(lambda found: found[0] if found[1] else "", str(text))
        yield from literals(variables)
    elif function in _CHOOSING and isinstance(value[function], list):
        yield from literals(value[function][1:])
    elif isinstance(value, Mapping) and function not in _REFERRING:
        yield from literals([*value.values()])
    elif isinstance(value, list):
        for each in value:
            yield from literals(each)
    elif isinstance(value, str | int | float):
        yield str(value)


def references(value: Any) -> frozenset[str]:
    """Return the names to which a value refers by `Ref`, `Fn::GetAtt` or `Fn::Sub`."""
    return frozenset(_references(value))


def _literal(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool | str) else value


def _leaves(value: Any) -> list[Any]:
    """Return the selectable values, `AWS::NoValue` among them."""
    if function_of(value) == "Fn::If" and isinstance(value["Fn::If"], list):
        return [leaf for branch in value["Fn::If"][1:] for leaf in _leaves(branch)]
    return [value]


def _texts(value: Any) -> Iterator[str]:
    for _, branch in branches(value, ""):
        function = function_of(branch)
        if isinstance(branch, bool):
            yield str(branch).lower()
        elif isinstance(branch, str | int | float):
            yield str(branch)
        elif function == "Ref":
            yield f"${{{branch['Ref']}}}"
        elif function == "Fn::GetAtt":
            yield f"${{{_attribute(branch[function])}}}"
        elif function == "Fn::Join":
            yield from _joined(branch[function])
        elif function == "Fn::Sub":
            yield from _substituted(branch[function])
        else:
            yield UNKNOWN


def _attribute(argument: Any) -> str:
    return ".".join(map(str, argument)) if isinstance(argument, list) else str(argument)


def _joined(argument: Any) -> Iterator[str]:
    if not (isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list)):
        yield UNKNOWN
        return
    separator, parts = argument
    for combination in itertools.product(*(tuple(_texts(part)) or ("",) for part in parts)):
        yield str(separator).join(combination)


def _substituted(argument: Any) -> Iterator[str]:
    text, variables = (
        argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    )
    if not (isinstance(text, str) and isinstance(variables, Mapping)):
        yield UNKNOWN
        return
    names = list(variables)
    for values in itertools.product(*(tuple(_texts(variables[name])) or ("",) for name in names)):
        known = dict(zip(names, values, strict=True))

        def replace(found: re.Match[str], known: Mapping[str, str] = known) -> str:
            literal, name = found.groups()
            return f"${{{name}}}" if literal else known.get(name, f"${{{name}}}")

        yield _VARIABLE.sub(replace, text)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _references(each)
        return
    if not isinstance(value, Mapping):
        return
    function = function_of(value)
    if function == "Ref":
        yield str(value["Ref"])
    elif function == "Fn::GetAtt":
        yield _attribute(value[function]).partition(".")[0]
    elif function == "Fn::Sub":
        for text in _substituted(value[function]):
            yield from (name.partition(".")[0] for _, name in _VARIABLE.findall(text))
    if function not in ("Ref", "Fn::GetAtt"):
        for each in value.values():
            yield from _references(each)
