"""The ledger of waivers: what is knowingly tolerated, by whom, why, and until when.

`policies/ledger.yaml` holds `waivers`, each with exactly the keys of `KEYS`. `resource` is a
construct path below the stack; `*` stands for any text within one component, and the first
component is always literal, so that no waiver can cover a whole stack.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from catalog_platform import yaml_loader
from catalog_platform.findings import Finding, Location

FILE = "ledger.yaml"
KEYS = ("policy", "environments", "resource", "reason", "owner", "expires")
LONGEST_DAYS = 400
SHORTEST_REASON = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One tolerated failure, or several that share a pattern."""

    policy: str
    environments: tuple[str, ...]
    resource: str
    reason: str
    owner: str
    expires: datetime.date
    line: int

    def covers(self, policy: str, environment: str, subject: str) -> bool:
        """Whether it speaks of this failure."""
        pattern, parts = self.resource.split("/"), subject.split("/")
        return (
            policy == self.policy
            and environment in self.environments
            and len(pattern) == len(parts)
            and all(map(fnmatchcase, parts, pattern))
        )


class Ledger:
    """The waivers that hold on `today`; whatever is wrong with the others is in `findings`."""

    def __init__(self, policies: Path, today: datetime.date, known: Collection[str]) -> None:
        """`known` are the environments that exist; a waiver for any other is malformed."""
        self.findings: list[Finding] = []
        self._file = f"{policies.name}/{FILE}"
        self._waivers: list[Waiver] = []
        self._used: set[tuple[int, str]] = set()
        for entry in self._entries(policies / FILE):
            waiver = self._parse(entry, known)
            if waiver is not None and self._holds(waiver, today):
                self._waivers.append(waiver)

    def waives(self, policy: str, environment: str, subject: str) -> bool:
        """Whether a failure is tolerated. The first waiver that covers it counts as used."""
        for waiver in self._waivers:
            if waiver.covers(policy, environment, subject):
                self._used.add((waiver.line, environment))
                return True
        return False

    def refuse_unmatched(self, scanned: Collection[str]) -> None:
        """Each waiver must have been needed in each scanned environment that it names."""
        for waiver in self._waivers:
            for environment in waiver.environments:
                if environment in scanned and (waiver.line, environment) not in self._used:
                    self._refuse(
                        "waiver-unmatched",
                        f"{waiver.policy} does not fail for {waiver.resource} in {environment}",
                        waiver.line,
                        "remove the waiver, or the environment from it",
                    )

    def _entries(self, file: Path) -> list[Any]:
        if not file.exists():
            return []
        try:
            content = yaml_loader.load(file, dates=True)
        except yaml_loader.YamlError as error:
            self._refuse("waiver-malformed", error.message, error.line)
            return []
        waivers = content.get("waivers") if isinstance(content, dict) else None
        if not isinstance(waivers, list) or set(content) != {"waivers"}:
            hint = "the file holds one key, `waivers`, with a list"
            self._refuse("waiver-malformed", "no list of waivers", 1, hint)
            return []
        return waivers

    def _parse(self, entry: Any, known: Collection[str]) -> Waiver | None:
        if not isinstance(entry, yaml_loader.LocatedDict):
            self._refuse("waiver-malformed", f"{entry!r} is not a waiver", 1, _expected())
            return None
        faults = _faults(entry, known)
        for fault in faults:
            self._refuse("waiver-malformed", fault, entry.line, _expected())
        if faults:
            return None
        fields = {key: entry[key] for key in KEYS} | {"environments": tuple(entry["environments"])}
        return Waiver(**fields, line=entry.line)

    def _holds(self, waiver: Waiver, today: datetime.date) -> bool:
        if waiver.expires < today:
            self._refuse(
                "waiver-expired",
                f"the waiver of {waiver.policy} for {waiver.resource} ended on {waiver.expires}",
                waiver.line,
                f"mend the resource, or have {waiver.owner} argue it anew",
            )
        elif (waiver.expires - today).days > LONGEST_DAYS:
            self._refuse(
                "waiver-malformed",
                f"{waiver.expires} is more than {LONGEST_DAYS} days away",
                waiver.line,
                "waivers are looked at again every year",
            )
        else:
            return True
        return False

    def _refuse(self, rule: str, message: str, line: int, hint: str = "") -> None:
        place = Location(self._file, line)
        self.findings.append(Finding(rule=rule, message=message, location=place, hint=hint))


def _expected() -> str:
    return f"a waiver has exactly the keys {', '.join(KEYS)}"


def _faults(entry: yaml_loader.LocatedDict, known: Collection[str]) -> list[str]:
    missing = [key for key in KEYS if key not in entry]
    faults = [f"the key {key!r} is missing" for key in missing]
    faults += [f"the key {key!r} is not known" for key in entry if key not in KEYS]
    for key in ("policy", "resource", "reason", "owner"):
        if key in entry and not (isinstance(entry[key], str) and entry[key].strip()):
            faults.append(f"{key}: text is expected, not {entry[key]!r}")
    if missing or faults:
        return faults
    if len(entry["reason"].strip()) < SHORTEST_REASON:
        faults.append(f"reason: {entry['reason']!r} does not say why")
    if any(character in entry["resource"].split("/")[0] for character in "*?["):
        faults.append("resource: the first component must be literal")
    if type(entry["expires"]) is not datetime.date:
        faults.append(f"expires: a date such as 2030-12-31 is expected, not {entry['expires']!r}")
    named = entry["environments"]
    if not (isinstance(named, list) and named and all(isinstance(name, str) for name in named)):
        faults.append("environments: a list of names is expected")
    else:
        unknown = sorted(set(named) - set(known))
        faults += [f"environments: there is no environment {name!r}" for name in unknown]
        if len(set(named)) != len(named):
            faults.append("environments: a name is repeated")
    return faults
