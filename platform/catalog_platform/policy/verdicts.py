"""Verdicts and problems that the engines report, before waivers are applied."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path

from catalog_platform.findings import Finding, Severity


@enum.unique
class PolicyOutcome(enum.Enum):
    """The outcome of a policy for a resource."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict of one policy on one resource; `severity` is None when the engine has none.

    `paths` are the properties that the policy evaluated, such as `Endpoint/Port` or `Tags/0`, if
    the engine reports them.
    """

    policy: str
    message: str
    logical_id: str
    outcome: PolicyOutcome
    hint: str = ""
    severity: Severity | None = None
    paths: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanProblem:
    """A reason why a scan may be incomplete. Always an error, never waived.

    It concerns a resource (`logical_id`) or a file; without either, the whole template.
    """

    rule: str
    message: str
    hint: str = ""
    logical_id: str = ""
    file: Path | None = None


@dataclass(slots=True)
class TemplateScan:
    """The verdicts and problems of one template."""

    verdicts: list[Verdict] = field(default_factory=list)
    problems: list[ScanProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of passed policies, of findings, and of waived failures."""

    passed: int = 0
    failed: int = 0
    waived: int = 0


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The result of a scan; `counts` is by environment, in the order of the request."""

    findings: tuple[Finding, ...]
    counts: dict[str, Counts]
