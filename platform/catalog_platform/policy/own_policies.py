"""List our own policies with what documentation says about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, Location
from catalog_platform.policy.isolation import isolated
from catalog_platform.policy.lazy_imports import lazy_imports
from catalog_platform.policy.severities import Severities
from catalog_platform.policy.severity import PolicySeverity


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPolicy:
    """A policy of `policies/checks`.

    `requirement` is what it asks for, `keys` are the manifest keys whose edit fixes a violation
    (empty if only code does), and `file` is relative to the folder of policies.
    """

    id: str
    requirement: str
    severity: PolicySeverity
    keys: tuple[str, ...]
    file: str


def own_policies(policies: Path) -> list[OwnPolicy]:
    """Return our policies by file. Importing checkov for it takes most of a second.

    Raises `FindingsError` if a file is no policy, or the table of severities is invalid or lacks
    one of them.
    """
    severities = Severities(policies)
    with isolated():
        with lazy_imports():
            from catalog_platform.policy import registration
        with registration.registered(policies / "checks") as (found, problems, _):
            severities.report_unlisted(each.id for each in found)
    invalid = [
        Finding(
            rule=each.rule,
            message=each.message,
            location=Location(str(each.file or policies)),
        )
        for each in problems
    ]
    if invalid or severities.findings:
        raise FindingsError([*invalid, *severities.findings])
    return [
        OwnPolicy(
            id=each.id,
            requirement=each.name,
            severity=severities.of(each.id),
            keys=severities.policies[each.id].keys,
            file=each.file.relative_to(policies).as_posix(),
        )
        for each in found
    ]
