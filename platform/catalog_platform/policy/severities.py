"""Load the severities of policies from `policies/severities.yaml`; the default is error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from catalog_platform import yaml_loader
from catalog_platform.findings import Finding, Location, Severity

FILE = "severities.yaml"


class Severities:
    """The severity of each policy. Errors in the file become `findings`."""

    def __init__(self, policies: Path) -> None:
        self.findings: list[Finding] = []
        self._file = f"{policies.name}/{FILE}"
        self._lines: Mapping[str, int] = {}
        self._by_policy: dict[str, Severity] = {}
        if (policies / FILE).exists():
            self._load(policies / FILE)

    def of(self, policy: str, default: Severity | None = None) -> Severity:
        """Return the listed severity, otherwise `default`, otherwise error."""
        return self._by_policy.get(policy, default or Severity.ERROR)

    def report_unknown(self, known: Iterable[str]) -> None:
        """Report each listed policy that does not exist."""
        for policy in sorted(set(self._by_policy) - set(known)):
            self._report(
                f"{policy}: is not a policy", self._lines[policy], "correct the id, or remove it"
            )

    def _load(self, file: Path) -> None:
        try:
            content = yaml_loader.load(file)
        except yaml_loader.YamlError as error:
            self._report(error.message, error.line, "")
            return
        if content is None:
            return
        if not isinstance(content, yaml_loader.LocatedDict):
            self._report("must be a mapping of policy ids to severities", 1, "")
            return
        self._lines = content.key_lines
        valid = {severity.value: severity for severity in Severity}
        for policy, value in content.items():
            if isinstance(value, str) and value in valid:
                self._by_policy[policy] = valid[value]
            else:
                hint = f"use one of: {', '.join(valid)}"
                self._report(f"{policy}: {value!r} is not a severity", self._lines[policy], hint)

    def _report(self, message: str, line: int, hint: str) -> None:
        location = Location(self._file, line)
        self.findings.append(
            Finding(rule="severity-malformed", message=message, location=location, hint=hint)
        )
