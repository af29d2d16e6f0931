"""The JSON of `catalogctl waivers`: what ends when, and who reviews it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import UNSET, Struct, UnsetType

from catalog_platform.policy.waiver_expiry import days_left
from catalog_platform.policy.waiver_format import Waiver

SCHEMA_VERSION = 1


class ListedWaiver(Struct, kw_only=True):
    """A waiver; `days` are those until its last day, negative after it.

    `covers` is the number of results that it covers in the last scan; it is absent if there is no
    current scan, and for kinds that a scan doesn't have.
    """

    id: str
    kind: str
    owner: str
    ticket: str | UnsetType = UNSET
    expires: str
    days: int
    scope: str | dict[str, list[str]]
    rules: list[str]
    resources: list[str]
    reason: str
    line: int
    file: str
    covers: int | UnsetType = UNSET


class WaiverList(Struct, kw_only=True):
    """Waivers, the one that ends first comes first."""

    schema_version: int = SCHEMA_VERSION
    waivers: list[ListedWaiver]


def listed(
    waivers: Iterable[Waiver], file: str, today: datetime.date, covered: Mapping[str, int]
) -> WaiverList:
    """Return the waivers in the form of their JSON; `covered` has numbers of results by id."""
    ordered = sorted(waivers, key=lambda each: (each.expires, each.id))
    return WaiverList(
        waivers=[
            ListedWaiver(
                id=each.id,
                kind=each.kind,
                owner=each.owner,
                ticket=each.ticket or UNSET,
                expires=each.expires.isoformat(),
                days=days_left(each, today),
                scope=each.scope,
                rules=[*each.rules],
                resources=[*each.resources],
                reason=each.reason,
                line=each.line,
                file=file,
                covers=covered.get(each.id, UNSET),
            )
            for each in ordered
        ]
    )


def encode(content: WaiverList) -> str:
    """Return the JSON text."""
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"
