"""Generate the table of our policies in policies/README.md, whose prose is written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalog_platform.errors import PlatformError
from catalog_platform.policy.own_policies import OwnPolicy
from catalog_platform.reference.table import code, table

PAGE = "policies/README.md"
BEGIN, END = "<!-- generated: policies -->\n", "<!-- end: policies -->\n"
HEAD = ("id", "severity", "requirement", "manifest key", "file")


def page(written: str, policies: Iterable[OwnPolicy]) -> str:
    """Return the page with a new table between its markers.

    Raises `PlatformError` if the page does not have each marker once.
    """
    before, begin, rest = written.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in rest or END in after:
        raise PlatformError(
            f"{PAGE}: must have the lines {BEGIN.strip()} and {END.strip()} once, in this order",
            hint="restore them; `catalogctl docs` writes the table between them",
        )
    rows = [
        (
            each.id,
            each.severity.value,
            each.requirement,
            ", ".join(map(code, each.keys)) or "none",
            f"[`{each.file.rpartition('/')[2]}`]({each.file})",
        )
        for each in sorted(policies, key=lambda each: _order(each.id))
    ]
    return f"{before}{BEGIN}{table(HEAD, rows)}{END}{after}"


def _order(policy: str) -> tuple[int, str]:
    number = re.search(r"\d+$", policy)
    return (int(number[0]) if number else 0, policy)
