"""Render the list of waivers as text: one line each, or below their owners."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import UNSET

from catalog_platform.plural import plural
from catalog_platform.policy.waiver_list import ListedWaiver, WaiverList

COLUMNS = ("expires", "days", "id", "kind", "scope", "owner", "ticket", "covers", "rules")
WIDTH = 60  # of rules that are shown


def render(content: WaiverList, *, by_owner: bool) -> str:
    """Return a table of all waivers, or a table for each owner, the one with the next end first."""
    if not content.waivers:
        return "no waivers\n"
    if not by_owner:
        return _table(content.waivers, COLUMNS)
    owners: dict[str, list[ListedWaiver]] = {}
    for each in content.waivers:
        owners.setdefault(each.owner, []).append(each)
    columns = [each for each in COLUMNS if each != "owner"]
    return "\n".join(
        f"{owner}: {_summary(own)}\n{_table(own, columns)}" for owner, own in owners.items()
    )


def _summary(own: Sequence[ListedWaiver]) -> str:
    expired = sum(each.days < 0 for each in own)
    coming = [each for each in own if each.days >= 0]
    parts = [plural(len(own), "waiver")]
    if expired:
        parts.append(f"{expired} expired")
    if coming:
        parts.append(f"next on {coming[0].expires}, {plural(coming[0].days, 'day')} left")
    return "; ".join(parts)


def _table(waivers: Iterable[ListedWaiver], columns: Sequence[str]) -> str:
    rows = [columns, *([_cell(each, column) for column in columns] for each in waivers)]
    used = [at for at, _ in enumerate(columns) if any(row[at] for row in rows[1:])]
    widths = {at: max(len(row[at]) for row in rows) for at in used}
    return "".join(f"{'  '.join(_padded(row, widths, columns)).rstrip()}\n" for row in rows)


def _padded(row: Sequence[str], widths: dict[int, int], columns: Sequence[str]) -> Iterator[str]:
    for at, width in widths.items():
        is_number = columns[at] in ("days", "covers")
        yield row[at].rjust(width) if is_number else row[at].ljust(width)


def _cell(waiver: ListedWaiver, column: str) -> str:
    if column == "rules":
        return _rules(waiver.rules)
    if column == "scope":
        scope = waiver.scope
        return scope if isinstance(scope, str) else ", ".join(_names(scope))
    value = getattr(waiver, column)
    return "" if value is UNSET else str(value)


def _rules(rules: Sequence[str]) -> str:
    """Return the rules that fit; the first one is cut if it is too long."""
    shown = rules[0] if len(rules[0]) <= WIDTH else f"{rules[0][: WIDTH - 1]}…"
    number = 1
    while number < len(rules) and len(shown) + 2 + len(rules[number]) <= WIDTH:
        shown += f", {rules[number]}"
        number += 1
    more = len(rules) - number
    return shown + (f" and {more} more" if more else "")


def _names(scope: dict[str, list[str]]) -> Iterator[str]:
    for selector, names in scope.items():
        for name in names:
            yield name if selector == "environments" else f"{selector.removesuffix('s')} {name}"
