"""What a report of a scan shows beside its result: time, versions, history, controls."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from catalog_platform.policy.history import History
from catalog_platform.policy.severities import ListedPolicy


class Control(Protocol):
    """A control of a compliance framework, with the policies that give evidence for it."""

    @property
    def framework(self) -> str:
        """Return the name of the framework, with its version."""
        ...

    @property
    def id(self) -> str:
        """Return the id of the control in its framework."""
        ...

    @property
    def title(self) -> str:
        """Return what the control asks for, in our words."""
        ...

    @property
    def checks(self) -> tuple[str, ...]:
        """Return the ids of the policies."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanContext:
    """The facts of a scan that its result doesn't have.

    `time` has a time zone. `commit` is empty if it is unknown, and `clean` false if files differ
    from it. `versions` has the version of each engine, `policies_digest` is the SHA-256 of the
    folder of policies, `listed` its severities. `history` ends with this scan if it is recorded.
    """

    time: datetime.datetime
    commit: str = ""
    clean: bool = True
    versions: Mapping[str, str] = field(default_factory=dict)
    policies_digest: str = ""
    listed: Mapping[str, ListedPolicy] = field(default_factory=dict)
    controls: tuple[Control, ...] = ()
    history: History = field(default_factory=History)

    @property
    def today(self) -> datetime.date:
        """Return the date in UTC, from which the days of waivers are counted."""
        return self.time.astimezone(datetime.UTC).date()
