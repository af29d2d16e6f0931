"""Read the statements of IAM policy documents in a template.

The order of safety is always the same: what cannot be read allows everything to everyone.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from catalog_platform.policy.intrinsics import branches, can_be_absent, function_of, items
from catalog_platform.policy.scanned_stack import ScannedStack

EVERYONE = "*"
# Operators that fail without the key. `…IfExists` and `ForAllValues:` hold without it.
_RESTRICTIVE = re.compile(r"(foranyvalue:)?(string(equals(ignorecase)?|like)|arn(equals|like))")


@dataclass(frozen=True, slots=True)
class Principal:
    """A principal: `kind` is `AWS`, `Service`, `Federated` or `CanonicalUser`; or both are `*`."""

    kind: str
    text: str

    @property
    def is_everyone(self) -> bool:
        """Return whether everyone is this principal."""
        return EVERYONE in (self.kind, self.text)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition; operator and key are in lower case, as AWS ignores their case."""

    operator: str
    key: str
    texts: tuple[str, ...]

    def demands(self, keys: Collection[str], stack: ScannedStack) -> bool:
        """Return whether it holds only if a key has a value of this account.

        A wildcard in the account matches other accounts.
        """
        return (
            self.key in keys
            and _RESTRICTIVE.fullmatch(self.operator) is not None
            and bool(self.texts)
            and all(stack.owns(text) for text in self.texts)
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a policy document.

    `actions` are patterns in lower case. NotAction and NotResource become `*`, and NotPrincipal
    becomes everyone.
    """

    path: str
    allows: bool
    principals: tuple[Principal, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]

    def includes(self, *actions: str) -> bool:
        """Return whether it is about at least one of the actions, which are in lower case."""
        return any(fnmatchcase(action, pattern) for action in actions for pattern in self.actions)

    def allows_action(self, *actions: str) -> bool:
        """Return whether it allows at least one of the actions, which are in lower case."""
        return self.allows and self.includes(*actions)

    def demands_own(self, keys: Collection[str], stack: ScannedStack) -> bool:
        """Return whether it holds only if one of the keys has a value of this account."""
        return any(condition.demands(keys, stack) for condition in self.conditions)


def statements(document: Any, path: str, stack: ScannedStack) -> tuple[Statement, ...]:
    """Return the statements of a policy document; a document without any has none.

    The document may be JSON text, `Statement` an object or a list, and each part an `Fn::If`.
    """
    return tuple(_statements(document, path, stack))


def _statements(document: Any, path: str, stack: ScannedStack) -> Iterator[Statement]:
    for where, branch in branches(document, path):
        for content in _contents(branch, stack):
            if function_of(content) or not isinstance(content, Mapping):
                yield _unreadable(where)
                continue
            for place, statement in items(_get(content, "Statement"), f"{where}/Statement"):
                if function_of(statement) or not isinstance(statement, Mapping):
                    yield _unreadable(place)
                else:
                    yield from _effects(statement, place, stack)


def _contents(branch: Any, stack: ScannedStack) -> Iterator[Any]:
    """Yield a document; JSON text is parsed, and is None if it isn't JSON."""
    if isinstance(branch, Mapping) and function_of(branch) not in ("Fn::Sub", "Fn::Join"):
        yield branch
        return
    for text in stack.texts(branch):
        try:
            yield json.loads(text)
        except ValueError:
            yield None


def _effects(content: Mapping[str, Any], path: str, stack: ScannedStack) -> Iterator[Statement]:
    """Yield a statement that allows, unless its effect can only be Deny."""
    effects = stack.texts(_get(content, "Effect"))
    yield Statement(
        path=path,
        allows=not effects or set(effects) != {"Deny"},
        principals=tuple(_principals(content, stack)),
        actions=tuple(action.lower() for action in _patterns(content, "Action", stack)),
        resources=tuple(_patterns(content, "Resource", stack)),
        conditions=tuple(_conditions(content, stack)),
    )


def _patterns(content: Mapping[str, Any], key: str, stack: ScannedStack) -> Iterator[str]:
    if _get(content, f"Not{key}") is not None:
        yield "*"
    for _, item in items(_get(content, key), ""):
        yield from stack.texts(item)


def _principals(content: Mapping[str, Any], stack: ScannedStack) -> Iterator[Principal]:
    if _get(content, "NotPrincipal") is not None:
        yield Principal(EVERYONE, EVERYONE)
    for _, principal in items(_get(content, "Principal"), ""):
        if isinstance(principal, Mapping) and not function_of(principal):
            for kind, value in principal.items():
                for _, item in items(value, ""):
                    yield from (Principal(str(kind), text) for text in stack.texts(item))
        else:
            yield from (Principal("AWS", text) for text in stack.texts(principal))


def _conditions(content: Mapping[str, Any], stack: ScannedStack) -> Iterator[Condition]:
    """Yield the conditions that hold in every case: those of an `Fn::If` may be missing."""
    block = _get(content, "Condition")
    if not isinstance(block, Mapping) or function_of(block):
        return
    for operator, keys in block.items():
        if not isinstance(keys, Mapping) or function_of(keys):
            continue
        for key, value in keys.items():
            if can_be_absent(value):
                continue
            found = tuple(text for _, item in items(value, "") for text in stack.texts(item))
            yield Condition(str(operator).lower(), str(key).lower(), found)


def _get(content: Mapping[str, Any], key: str) -> Any:
    """Return the value of an element, whose name may be written in other letters."""
    return next((value for name, value in content.items() if name.lower() == key.lower()), None)


def _unreadable(path: str) -> Statement:
    return Statement(path, True, (Principal(EVERYONE, EVERYONE),), ("*",), ("*",), ())
