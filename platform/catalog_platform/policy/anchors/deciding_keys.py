"""The manifest keys that decide a property of a construct.

`deciding_keys.tsv` has them: a construct, a property, and the keys of which another value changes
that property in a template of the test manifests. `tests/policy/anchors/test_deciding_keys.py`
measures it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

FILE = Path(__file__).with_suffix(".tsv")
Table = Mapping[str, Mapping[str, frozenset[str]]]
# A number or a digest at the end of a word.
_VARYING = re.compile(r"(?<=[A-Za-z])(?:[0-9a-f]{8}(?=$|/)|\d+)")
_INDEX = re.compile(r"(?<=/)(?:\d+|\[\d+\])(?=/|$)")


def construct_pattern(path: str) -> str:
    """Return a construct path with `*` for numbers and digests: `Database/Replica*/Resource`."""
    return _VARYING.sub("*", path)


def property_pattern(path: str) -> str:
    """Return the path of a property with `*` for positions: `Statement/*/Action`.

    Dots in names count as slashes, because some policies report them so.
    """
    return _INDEX.sub("*", path.replace(".", "/"))


class DecidingKeys:
    """The keys by construct and property, both as patterns."""

    def __init__(self, table: Table) -> None:
        self._table = table
        every = [key for found in table.values() for keys in found.values() for key in keys]
        self._uses = {key: every.count(key) for key in set(every)}

    @classmethod
    def read(cls, file: Path = FILE) -> DecidingKeys:
        """Return the measured keys."""
        table: dict[str, dict[str, frozenset[str]]] = {}
        for line in file.read_text(encoding="utf-8").splitlines():
            construct, name, keys = line.split("\t")
            table.setdefault(construct, {})[name] = frozenset(keys.split())
        return cls(table)

    def of(self, construct: str, properties: Iterable[str]) -> tuple[str, ...]:
        """Return the keys that decide any of the properties, the most specific first.

        A key decides a property if it changes it, a part of it, or a value that contains it. The
        fewer properties a key changes anywhere, the more specific it is.
        """
        return self._sorted(self._keys(construct_pattern(construct), properties))

    def in_section(self, construct: str, properties: Iterable[str]) -> tuple[str, ...]:
        """Return the keys that decide properties of any construct of the same section."""
        section, named = construct.partition("/")[0], [*properties]
        constructs = (each for each in self._table if each.partition("/")[0] == section)
        return self._sorted({key for each in constructs for key in self._keys(each, named)})

    def _keys(self, pattern: str, properties: Iterable[str]) -> set[str]:
        known = self._table.get(pattern, {})
        return {
            key
            for wanted in map(property_pattern, properties)
            for name, keys in known.items()
            if _is_within(wanted, name) or _is_within(name, wanted)
            for key in keys
        }

    def _sorted(self, keys: set[str]) -> tuple[str, ...]:
        return tuple(sorted(keys, key=lambda key: (self._uses[key], key)))


@functools.cache
def deciding_keys() -> DecidingKeys:
    """Return the keys of the stack of this package."""
    return DecidingKeys.read()


def rows(table: Table) -> Iterator[str]:
    """Yield the lines of the file."""
    for construct, properties in sorted(table.items()):
        for name, keys in sorted(properties.items()):
            yield f"{construct}\t{name}\t{' '.join(sorted(keys))}\n"


def _is_within(name: str, container: str) -> bool:
    return f"{name}/".startswith(f"{container}/")
