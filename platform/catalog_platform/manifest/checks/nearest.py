"""Hints that name the valid values nearest to a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Collection

MAXIMUM = 4


def nearest(value: str, valid: Collection[str], what: str) -> str:
    """Return `did you mean a, b or c?`, or up to `MAXIMUM` valid values if none is similar.

    `what` names the values in plural, such as `regions`. At most 500 values are compared.
    """
    names = sorted(valid)[:500]
    found = difflib.get_close_matches(value, names, n=MAXIMUM - 1, cutoff=0.6)
    if found:
        return f"did you mean {_either(found)}?"
    listed = ", ".join(names[:MAXIMUM])
    more = len(names) - MAXIMUM
    return f"valid {what}: {listed}" + (f" and {more} more" if more > 0 else "")


def _either(names: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
