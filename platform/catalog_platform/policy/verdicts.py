"""Verdicts and problems that the engines report, before waivers are applied."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path

from catalog_platform.policy.severity import PolicySeverity


@enum.unique
class PolicyOutcome(enum.Enum):
    """The outcome of a policy for a resource."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict of one policy on one resource; `severity` is None when the engine has none.

    `detail` is the property concerned if the policy can fail several times on a resource. `paths`
    are the properties that it evaluated, such as `Endpoint/Port` or `Tags/0`, if the engine
    reports them. `connected` are the types of other resources that the policy evaluates with it.
    """

    policy: str
    message: str
    logical_id: str
    outcome: PolicyOutcome
    hint: str = ""
    detail: str = ""
    severity: PolicySeverity | None = None
    paths: tuple[str, ...] = field(default=(), compare=False)
    connected: frozenset[str] = field(default=frozenset(), compare=False)


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
