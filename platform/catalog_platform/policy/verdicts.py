"""What the engines report, before waivers and places in manifests come into it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path

from catalog_platform.findings import Finding, Severity


@enum.unique
class Outcome(enum.Enum):
    """What a policy says about a resource."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one policy found in one resource; `severity` is None when the engine does not know.

    `paths` are the properties that it looked at, `Endpoint/Port` or `Tags/0`, if the engine says.
    """

    policy: str
    message: str
    logical_id: str
    outcome: Outcome
    hint: str = ""
    severity: Severity | None = None
    paths: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A reason why the scan may not have seen everything. Always an error, never waived.

    It concerns a resource (`logical_id`), or a file; neither means the whole template.
    """

    rule: str
    message: str
    hint: str = ""
    logical_id: str = ""
    file: Path | None = None


@dataclass(slots=True)
class TemplateScan:
    """Everything that was said about one template."""

    verdicts: list[Verdict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Counts:
    """Policies that passed, findings that stand, and failures that are waived."""

    passed: int = 0
    failed: int = 0
    waived: int = 0


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The outcome of a scan; `counts` is by environment, in the order that was asked for."""

    findings: tuple[Finding, ...]
    counts: dict[str, Counts]
