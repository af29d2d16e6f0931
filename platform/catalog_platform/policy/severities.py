"""Load the severities of policies, and the thresholds of tiers, from `policies/severities.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog_platform import yaml_loader
from catalog_platform.findings import Finding, Location
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.waiver_format import SELECTORS

FILE = "severities.yaml"
KEYS = ("thresholds", "policies")
TIERS = SELECTORS["tiers"]
ENTRY = ("severity", "reason", "source")
# `key` of our own policies: the manifest keys whose edit fixes a violation, or NO_KEY.
KEY = "key"
NO_KEY = "none"
VALID = {severity.value: severity for severity in PolicySeverity}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPolicy:
    """The entry of a policy: why it has its severity, and where that comes from.

    `keys` are the manifest keys whose edit fixes a violation; empty if only code does.
    """

    severity: PolicySeverity
    reason: str
    source: str
    line: int
    keys: tuple[str, ...] = ()


class Severities:
    """The severity of each policy. Errors in the file become `findings`."""

    def __init__(self, policies: Path) -> None:
        self.findings: list[Finding] = []
        self._file = f"{policies.name}/{FILE}"
        self._thresholds: dict[str, PolicySeverity] = {}
        self.policies: dict[str, ListedPolicy] = {}
        self._load(policies / FILE)

    def of(self, policy: str, default: PolicySeverity | None = None) -> PolicySeverity:
        """Return the listed severity, otherwise `default`, otherwise critical."""
        listed = self.policies.get(policy)
        return listed.severity if listed else default or PolicySeverity.CRITICAL

    def threshold(self, tier: str) -> PolicySeverity:
        """Return the least severity that is an error; that of every policy in an unknown tier."""
        return self._thresholds.get(tier, PolicySeverity.INFO)

    def report_unknown(self, known: Iterable[str]) -> None:
        """Report each listed policy that does not exist."""
        for policy in sorted(set(self.policies) - set(known)):
            line = self.policies[policy].line
            self._report(f"{policy}: is not a policy", line, "correct the id, or remove it")

    def report_unlisted(self, ran: Iterable[str]) -> None:
        """Report each policy that ran and is not listed, unless no list could be read."""
        for policy in sorted(set(ran) - set(self.policies)) if self.policies else ():
            hint = f"add it below `policies`, with {', '.join(ENTRY)}"
            message = f"{policy} ran and has no severity, so it counts as critical"
            self._report(message, 1, hint, "severity-unlisted")

    def _load(self, file: Path) -> None:
        try:
            content = yaml_loader.load(file)
        except yaml_loader.YamlError as error:
            self._report(error.message, error.line, "")
            return
        except OSError as error:
            self._report(f"cannot be read: {error.strerror}", 1, "restore the file")
            return
        if not isinstance(content, yaml_loader.LocatedDict) or set(content) != set(KEYS):
            self._report(f"must be a mapping with the keys {', '.join(KEYS)}", 1, "")
            return
        for key in KEYS:
            part = content[key]
            if not isinstance(part, yaml_loader.LocatedDict):
                self._report(f"{key}: must be a mapping", content.key_lines[key], "")
            elif key == "thresholds":
                self._load_thresholds(part, content.key_lines[key])
            else:
                self._load_policies(part)

    def _load_thresholds(self, part: yaml_loader.LocatedDict, line: int) -> None:
        for tier in TIERS:
            if tier not in part:
                self._report(f"thresholds: the tier {tier!r} is missing", line, "")
        for tier, value in part.items():
            if tier not in TIERS:
                hint = f"use: {', '.join(TIERS)}"
                self._report(f"thresholds: {tier!r} is not a tier", part.key_lines[tier], hint)
            elif severity := self._severity(f"thresholds: {tier}", value, part.key_lines[tier]):
                self._thresholds[tier] = severity

    def _load_policies(self, part: yaml_loader.LocatedDict) -> None:
        for policy, entry in part.items():
            line = part.key_lines[policy]
            wrong = [*_entry_errors(entry)]
            for each in wrong:
                self._report(f"{policy}: {each}", line, f"an entry has {', '.join(ENTRY)}")
            if not wrong and (severity := self._severity(policy, entry["severity"], line)):
                self.policies[policy] = ListedPolicy(
                    severity=severity,
                    reason=entry["reason"],
                    source=entry["source"],
                    line=line,
                    keys=_keys(entry.get(KEY, NO_KEY)),
                )

    def _severity(self, where: str, value: object, line: int) -> PolicySeverity | None:
        if isinstance(value, str) and value in VALID:
            return VALID[value]
        self._report(
            f"{where}: {value!r} is not a severity", line, f"use one of: {', '.join(VALID)}"
        )
        return None

    def _report(self, message: str, line: int, hint: str, rule: str = "severity-malformed") -> None:
        location = Location(self._file, line)
        self.findings.append(Finding(rule=rule, message=message, location=location, hint=hint))


def _entry_errors(entry: Any) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"must be a mapping, not {entry!r}"
        return
    for key in ENTRY:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            yield f"{key}: must be text, not {entry.get(key)!r}"
    for key in entry:
        if key not in (*ENTRY, KEY):
            yield f"the key {key!r} is unknown"
    names = entry.get(KEY, NO_KEY)
    for name in names if isinstance(names, list) and names else [names]:
        if not isinstance(name, str) or not name.strip():
            yield f"{KEY}: must be a manifest key, a list of them, or {NO_KEY}, not {names!r}"


def _keys(value: str | list[str]) -> tuple[str, ...]:
    return () if value == NO_KEY else (value,) if isinstance(value, str) else tuple(value)
