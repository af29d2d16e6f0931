"""What a report of a scan shows beside its result: time, versions, history, controls."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog_platform.findings import Finding
from catalog_platform.policy.controls import Control
from catalog_platform.policy.history import History
from catalog_platform.policy.severities import ListedPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanContext:
    """The facts of a scan that its result doesn't have.

    `time` has a time zone. `commit` is empty if it is unknown, and `clean` false if files differ
    from it. `versions` has the version of each engine, `policies_digest` is the SHA-256 of the
    folder of policies, `listed` its severities. `history` ends with this scan if it is recorded.
    `problems` are the reasons why something is missing.
    """

    time: datetime.datetime
    commit: str = ""
    clean: bool = True
    versions: Mapping[str, str] = field(default_factory=dict)
    policies_digest: str = ""
    listed: Mapping[str, ListedPolicy] = field(default_factory=dict)
    controls: tuple[Control, ...] = ()
    history: History = field(default_factory=History)
    problems: tuple[Finding, ...] = ()

    @property
    def today(self) -> datetime.date:
        """Return the date in UTC, from which the days of waivers are counted."""
        return self.time.astimezone(datetime.UTC).date()
