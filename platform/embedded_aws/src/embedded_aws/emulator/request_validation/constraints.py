"""Check a value against a shape of botocore's service model.

botocore's own validator knows required members, types and minima. Maxima, patterns, enumerations
and unions are checked here too. Messages have the form of AWS:
https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

import binascii
import functools
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from embedded_aws.emulator.request_validation.errors import MalformedError

# AWS names at most ten violations.
MAXIMUM_MESSAGES = 10
INTEGER_BOUNDS = {"integer": 2**31, "long": 2**63}
# Sequence numbers of the emulator start with zeros, which AWS's pattern excludes.
REPLACED_PATTERNS = {"SequenceNumber": r"\d{1,129}"}
# Members that AWS requires though the models do not say so, by shape.
ALSO_REQUIRED = {
    "PutRecordInput": ("PartitionKey",),
    "PutRecordsRequestEntry": ("PartitionKey",),
    "Tag": ("Key",),
}
# Stands for a value that no message shows: content, or what the model calls sensitive.
HIDDEN = object()
# Java's character classes that `re` lacks, within brackets: a superset is enough.
JAVA_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s", r"\p{M}": "", r"\p{P}": "!-/:-@"}


@dataclass(slots=True)
class Violations:
    """What a value violates: messages, all paths, and those of missing required members."""

    messages: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, value: Any, path: str, constraint: str) -> None:
        """Add a message in the form of AWS."""
        self.paths.append(path)
        shown = "null " if value is None else f"'{_shown(value)}' "
        shown = "" if value is HIDDEN else shown
        self.messages.append(f"Value {shown}at '{path}' failed to satisfy constraint: {constraint}")

    def add_missing(self, path: str) -> None:
        """Add a required member that is absent."""
        self.missing.append(path)
        self.add(None, path, "Member must not be null")

    @property
    def text(self) -> str:
        """Return one message for all violations."""
        count = len(self.messages)
        plural = "s" if count > 1 else ""
        shown = "; ".join(self.messages[:MAXIMUM_MESSAGES])
        return f"{count} validation error{plural} detected: {shown}"


# Returns the value without null members and with whole numbers as `int`.
Check = Callable[[Any, str, Violations], Any]


def checker(shape: Any) -> Check:
    """Return the check of a shape; it raises `MalformedError` for a value of the wrong type."""
    return _checker(_Shape(shape))


class _Shape:
    """A shape that is equal to others of its model and name, so that its check is built once."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape
        # Names are unique within a service model, and models share no dictionary of shapes.
        self._key = (id(shape._shape_resolver._shape_map), shape.name)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shape) and self._key == other._key


@functools.cache
def _checker(wrapped: _Shape) -> Check:
    shape = wrapped.shape
    builders: Mapping[str, Callable[[Any], Check]] = {
        "structure": _structure,
        "list": _list,
        "map": _map,
        "string": _string,
        "blob": _blob,
        "boolean": _boolean,
        "timestamp": _timestamp,
    }
    return builders.get(shape.type_name, _number)(shape)


def _structure(shape: Any) -> Check:
    if getattr(shape, "is_document_type", False):
        return lambda value, _path, _found: value
    members = dict(shape.members)
    required = frozenset((*shape.required_members, *ALSO_REQUIRED.get(shape.name, ())))
    is_union = getattr(shape, "is_tagged_union", False)
    checks: dict[str, Check] = {}

    def check(value: Any, path: str, found: Violations) -> Any:
        _expect(isinstance(value, dict), value, "a structure")
        prefix = f"{path}." if path else ""
        kept = {name: given for name, given in value.items() if given is not None}
        for name, given in kept.items():
            if name in members:
                if name not in checks:
                    checks[name] = checker(members[name])
                kept[name] = checks[name](given, prefix + lower_first(name), found)
        for name in sorted(required - kept.keys()):
            found.add_missing(prefix + lower_first(name))
        if is_union and len(kept.keys() & members.keys()) != 1:
            found.add(value, path, f"Exactly one member must be set of [{', '.join(members)}]")
        return kept

    return check


def _list(shape: Any) -> Check:
    bounds = _length(shape)

    def check(value: Any, path: str, found: Violations) -> Any:
        _expect(isinstance(value, list), value, "a list")
        bounds(value, len(value), path, found)
        member = checker(shape.member)
        kept = []
        for number, given in enumerate(value, 1):
            if given is None:
                found.add_missing(f"{path}.{number}.member")
            else:
                kept.append(member(given, f"{path}.{number}.member", found))
        return kept

    return check


def _map(shape: Any) -> Check:
    bounds = _length(shape)

    def check(value: Any, path: str, found: Violations) -> Any:
        _expect(isinstance(value, dict), value, "a map")
        bounds(value, len(value), path, found)
        key, member = checker(shape.key), checker(shape.value)
        kept = {}
        for name, given in value.items():
            key(name, f"{path}.{name}.key", found)
            if given is not None:
                kept[name] = member(given, f"{path}.{name}.member", found)
        return kept

    return check


def _string(shape: Any) -> Check:
    bounds, enum = _length(shape), tuple(shape.enum)
    source = REPLACED_PATTERNS.get(shape.name, shape.metadata.get("pattern"))
    pattern = compiled(source)
    is_sensitive = bool(shape.metadata.get("sensitive"))

    def check(value: Any, path: str, found: Violations) -> Any:
        shown = HIDDEN if is_sensitive else value
        _expect(isinstance(value, str), shown, "a string")
        if not value.isascii():
            _expect(_is_unicode(value), shown, "valid Unicode")
        fits = bounds(shown, len(value), path, found)
        if enum and value not in enum:
            found.add(shown, path, f"Member must satisfy enum value set: [{', '.join(enum)}]")
        elif fits and pattern and not pattern.fullmatch(value):
            found.add(shown, path, f"Member must satisfy regular expression pattern: {source}")
        return value

    return check


def _blob(shape: Any) -> Check:
    bounds = _length(shape)

    def check(value: Any, path: str, found: Violations) -> Any:
        if isinstance(value, str):
            try:
                size = len(binascii.a2b_base64(value, strict_mode=True)) if value else 0
            except ValueError as error:
                raise MalformedError(f"The value is not Base64: {error}") from error
        else:
            _expect(isinstance(value, bytes), HIDDEN, "a blob")
            size = len(value)
        bounds(HIDDEN, size, path, found)
        return value

    return check


def _number(shape: Any) -> Check:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    bound = INTEGER_BOUNDS.get(shape.type_name)

    def check(value: Any, path: str, found: Violations) -> Any:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        _expect(is_number and math.isfinite(value), value, "a number")
        if bound is not None:
            value = int(value)
            _expect(-bound <= value < bound, value, f"in the range of the type {shape.type_name}")
        if minimum is not None and value < minimum:
            found.add(value, path, f"Member must have value greater than or equal to {minimum}")
        if maximum is not None and value > maximum:
            found.add(value, path, f"Member must have value less than or equal to {maximum}")
        return value

    return check


def _boolean(_shape: Any) -> Check:
    def check(value: Any, _path: str, _found: Violations) -> Any:
        _expect(isinstance(value, bool), value, "a boolean")
        return value

    return check


def _timestamp(_shape: Any) -> Check:
    def check(value: Any, _path: str, _found: Violations) -> Any:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        # The last second that `datetime` knows; AWS's own types end there or later.
        _expect(is_number and 0 <= value <= 253_402_300_799, value, "a timestamp in seconds")
        return value

    return check


def _length(shape: Any) -> Callable[[Any, int, str, Violations], bool]:
    minimum = shape.metadata.get("min", 0)
    maximum = shape.metadata.get("max", math.inf)

    def check(value: Any, length: int, path: str, found: Violations) -> bool:
        if minimum <= length <= maximum:
            return True
        bound = (
            f"greater than or equal to {minimum}"
            if length < minimum
            else f"less than or equal to {maximum}"
        )
        found.add(value, path, f"Member must have length {bound}")
        return False

    return check


@functools.cache
def compiled(source: str | None) -> re.Pattern[str] | None:
    """Return a pattern of a service model, or None if `re` has no equivalent."""
    if not source:
        return None
    for java, python in JAVA_CLASSES.items():
        source = source.replace(java, python)
    # Java reads the hyphen after a class as itself, `re` as a broken range.
    source = re.sub(r"(\\[wsd])-(?=[^\]])", r"\1\\-", source)
    try:
        return re.compile(source)
    except re.error:
        return None


def lower_first(name: str) -> str:
    """Return a member's name as AWS's messages show it."""
    return name[:1].lower() + name[1:]


def _is_unicode(text: str) -> bool:
    """Return whether a text has no lone surrogate, which no encoding can store."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _expect(is_right: bool, value: Any, expected: str) -> None:
    if not is_right:
        raise MalformedError(f"{_shown(value)} can not be converted: {expected} is expected")


def _shown(value: Any) -> str:
    if value is HIDDEN:
        return "The value"
    text = str(value).encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= 200 else f"{text[:200]}..."
