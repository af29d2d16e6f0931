"""Read the statements of IAM policy documents in a template.

The order of safety is always the same: what cannot be read allows everything to everyone, and
denies nothing to anyone.

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
# In the path of what only a branch of a condition has.
_BRANCH = "Fn::If"
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

    `actions` are patterns in lower case. In a statement that allows, NotAction and NotResource
    become `*`, and NotPrincipal becomes everyone. One that denies has only what it surely denies:
    nothing of a `Not…` element, and nothing that only a branch of `Fn::If` has. A condition that
    cannot be read has no operator and no key there.
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

    def denies_action(self, action: str) -> bool:
        """Return whether it denies an action, or all that a pattern such as `s3:*` matches.

        Only `*` is known to match a wildcard in the pattern: `s3:?` is one letter.
        """
        patterns = (pattern for pattern in self.actions if not {"?", "["} & set(pattern))
        return not self.allows and any(fnmatchcase(action, pattern) for pattern in patterns)

    @property
    def is_for_everyone(self) -> bool:
        """Return whether it names everyone: all services, or all providers, are not everyone."""
        return any((each.kind, each.text) == ("AWS", EVERYONE) for each in self.principals)

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
    """Yield a statement that allows, unless its effect can only be Deny.

    A Deny that only a branch of `Fn::If` has is none.
    """
    effects = stack.texts(_get(content, "Effect"))
    allows = not effects or set(effects) != {"Deny"}
    if not allows and _BRANCH in path:
        return
    yield Statement(
        path=path,
        allows=allows,
        principals=tuple(_principals(content, stack, allows)),
        actions=tuple(action.lower() for action in _patterns(content, "Action", stack, allows)),
        resources=tuple(_patterns(content, "Resource", stack, allows)),
        conditions=tuple(_conditions(content, stack, allows)),
    )


def _patterns(
    content: Mapping[str, Any], key: str, stack: ScannedStack, allows: bool
) -> Iterator[str]:
    if allows and _get(content, f"Not{key}") is not None:
        yield "*"
    yield from _texts(_get(content, key), stack, allows)


def _principals(
    content: Mapping[str, Any], stack: ScannedStack, allows: bool
) -> Iterator[Principal]:
    if allows and _get(content, "NotPrincipal") is not None:
        yield Principal(EVERYONE, EVERYONE)
    for where, principal in items(_get(content, "Principal"), ""):
        if not allows and _BRANCH in where:
            continue
        is_named = isinstance(principal, Mapping) and not function_of(principal)
        for kind, value in principal.items() if is_named else [("AWS", principal)]:
            yield from (Principal(str(kind), text) for text in _texts(value, stack, allows))


def _texts(value: Any, stack: ScannedStack, allows: bool) -> Iterator[str]:
    """Yield the texts that an element can have; in a Deny, only those that it surely has."""
    for where, item in items(value, ""):
        found = stack.texts(item)
        if allows or (_BRANCH not in where and len(found) == 1):
            yield from found


def _conditions(
    content: Mapping[str, Any], stack: ScannedStack, allows: bool
) -> Iterator[Condition]:
    """Yield the conditions that hold in every case: those of an `Fn::If` may be missing.

    A Deny also has the others, because they narrow it.
    """
    block = _get(content, "Condition")
    unread = () if allows else (Condition("", "", ()),)
    if not isinstance(block, Mapping) or function_of(block):
        yield from unread if block is not None else ()
        return
    for operator, keys in block.items():
        if not isinstance(keys, Mapping) or function_of(keys):
            yield from unread
            continue
        for key, value in keys.items():
            if can_be_absent(value):
                yield from unread
                continue
            found = tuple(text for _, item in items(value, "") for text in stack.texts(item))
            yield Condition(str(operator).lower(), str(key).lower(), found)


def _get(content: Mapping[str, Any], key: str) -> Any:
    """Return the value of an element, whose name may be written in other letters."""
    return next((value for name, value in content.items() if name.lower() == key.lower()), None)


def _unreadable(path: str) -> Statement:
    return Statement(path, True, (Principal(EVERYONE, EVERYONE),), ("*",), ("*",), ())
