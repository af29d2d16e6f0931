"""Render a scan as JSON."""

from __future__ import annotations

import datetime
import json

import msgspec
from msgspec import UNSET

from catalog_platform.findings import Severity, Sources
from catalog_platform.policy import scan_model
from catalog_platform.policy.results import Cause, PolicyResult, ScanBase, ScanResult
from catalog_platform.policy.waiver_format import Waiver
from catalog_platform.report import json as findings_json


def render(result: ScanResult, sources: Sources, today: datetime.date) -> str:
    """Return the scan as JSON; `today` counts the days that waivers have left."""
    model = as_model(result, sources, today)
    return msgspec.json.format(msgspec.json.encode(model), indent=2).decode() + "\n"


def as_model(result: ScanResult, sources: Sources, today: datetime.date) -> scan_model.Scan:
    """Return the scan in the form of its JSON."""
    base = result.base
    every = result.counts
    return scan_model.Scan(
        base=UNSET if base is None else _base(base),
        environments=[
            scan_model.Environment(
                environment=each.name,
                tier=each.tier,
                target=each.target,
                threshold=each.threshold.value,
                passed=counts.passed,
                failed=counts.failed,
                waived=counts.waived,
            )
            for each in result.environments
            for counts in [every[each.name]]
        ],
        results=[_result(each, today) for each in result.results],
        fixed=[_result(each, today) for each in result.fixed],
        checks=[
            scan_model.Check(
                environment=each.environment,
                section=each.section,
                policy=each.policy,
                severity=each.severity.value,
                passed=each.passed,
                failed=each.failed,
                waived=each.waived,
            )
            for each in result.checks
        ],
        findings=msgspec.convert(
            json.loads(findings_json.render(result.findings, sources))["findings"],
            list[scan_model.Finding],
        ),
    )


def _base(base: ScanBase) -> scan_model.Base:
    return scan_model.Base(
        ref=base.reference, commit=base.commit, policies=True if base.policies else UNSET
    )


def _result(result: PolicyResult, today: datetime.date) -> scan_model.Result:
    finding = result.finding
    source = result.source
    return scan_model.Result(
        environment=result.environment,
        policy=result.policy,
        message=result.message,
        severity=result.severity.value,
        outcome="skipped" if result.outcome.value == "skipped" else "failed",
        blocking=finding is not None and finding.severity is Severity.ERROR,
        resource=result.resource,
        logical_id=result.logical_id,
        type=result.type,
        section=result.section,
        detail=result.detail,
        paths=list(result.paths),
        digest=result.digest,
        hint=result.hint,
        file=result.location.file,
        line=result.location.line,
        column=result.location.column,
        key=result.key or UNSET,
        status=result.status or UNSET,
        source=scan_model.Place(file=source.file, line=source.line) if source else UNSET,
        causes=[_cause(each) for each in result.causes],
        waiver=_waiver(result.waiver, today) if result.waiver else UNSET,
    )


def _cause(cause: Cause) -> scan_model.Cause:
    return scan_model.Cause(
        kind=cause.kind,
        file=cause.location.file,
        line=cause.location.line,
        key=cause.key or UNSET,
    )


def _waiver(waiver: Waiver, today: datetime.date) -> scan_model.AppliedWaiver:
    return scan_model.AppliedWaiver(
        id=waiver.id,
        owner=waiver.owner,
        expires=str(waiver.expires),
        days=(waiver.expires - today).days,
    )
