"""Scans with everything that a report can show, for the tests of reports."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.policy.controls import Control
from catalog_platform.policy.history import History, RecordedEnvironment, ScanRecord
from catalog_platform.policy.results import (
    Cause,
    CheckCount,
    ScanBase,
    ScannedEnvironment,
    ScanResult,
)
from catalog_platform.policy.severities import ListedPolicy
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.report.scan_context import ScanContext
from support.results import a_result, a_waiver

TIME = datetime.datetime(2030, 6, 25, 9, 30, tzinfo=datetime.UTC)
TODAY = TIME.date()
PROD = ScannedEnvironment(
    name="prod",
    tier="production",
    target="aws",
    threshold=PolicySeverity.LOW,
    template="catalog-prod.template.json",
)
DEV = ScannedEnvironment(
    name="dev",
    tier="development",
    target="aws",
    threshold=PolicySeverity.MEDIUM,
    template="catalog-dev.template.json",
)


def a_check(**changes: Any) -> CheckCount:
    """Return the count of a policy that passed once; any field can be given."""
    fields: dict[str, Any] = {
        "environment": "prod",
        "section": "dead_letters",
        "policy": "CKV_AWS_27",
        "severity": PolicySeverity.HIGH,
        "passed": 1,
    }
    return CheckCount(**{**fields, **changes})


def a_problem(**changes: Any) -> Finding:
    """Return a warning about a waiver that ends soon; any field can be given."""
    fields: dict[str, Any] = {
        "rule": "waiver-expires-soon",
        "message": "the waiver queue-without-encryption expires on 2030-06-30, in 5 days",
        "location": Location("policies/waivers.yaml", 12),
        "severity": Severity.WARNING,
    }
    return Finding(**{**fields, **changes})


def a_context(**changes: Any) -> ScanContext:
    """Return the context of a scan at `TIME`; any field can be given."""
    fields: dict[str, Any] = {
        "time": TIME,
        "commit": "2" * 40,
        "versions": {"catalogctl": "0.1.0", "checkov": "3.3.30"},
        "policies_digest": "d" * 64,
    }
    return ScanContext(**{**fields, **changes})


def a_record(day: int = 1, **environments: RecordedEnvironment) -> ScanRecord:
    """Return the record of a scan on a day of June 2030."""
    return ScanRecord(time=TIME.replace(day=day), commit="3" * 40, environments=environments)


def counted(
    passed: int = 100, waived: int = 3, problems: int = 0, **failed: int
) -> RecordedEnvironment:
    """Return the recorded counts of an environment; `failed` by severity."""
    found: Any = failed
    return RecordedEnvironment(passed=passed, waived=waived, problems=problems, failed=found)


NEW = a_result(
    policy="CKV_AWS_17",
    message="Ensure all data stored in RDS is not publicly accessible",
    severity=PolicySeverity.CRITICAL,
    resource="Database/Instance/Resource",
    logical_id="DatabaseInstance1",
    type="AWS::RDS::DBInstance",
    section="database",
    location=Location("environments/prod.yaml", 30, 3),
    key="database.public",
    paths=("PubliclyAccessible",),
    digest=f"sha256:{'a' * 64}",
    hint="https://docs.example.com/general-17",
    source=Location("platform/catalog_platform/infra/database.py", 88),
    causes=(
        Cause(kind="key", location=Location("environments/prod.yaml", 30), key="database.public"),
        Cause(kind="code", location=Location("platform/catalog_platform/infra/database.py")),
    ),
    status="new",
)
OLD = a_result(
    status="unchanged", severity=PolicySeverity.MEDIUM, digest=f"sha256:{'b' * 64}", hint="rotate"
)
WAIVED = a_result(
    policy="CKV_AWS_18",
    message="Ensure the S3 bucket has access logging enabled",
    resource="Audit/Bucket/Resource",
    logical_id="AuditBucket",
    type="AWS::S3::Bucket",
    section="audit",
    severity=PolicySeverity.INFO,
    waiver=a_waiver(ticket="CAT-12"),
)


def full_scan() -> ScanResult:
    """Return a scan of two environments with each kind of result."""
    audit = a_check(
        policy="CKV_AWS_18", severity=PolicySeverity.INFO, section="audit", passed=1, waived=1
    )
    queue = a_check(severity=PolicySeverity.MEDIUM, passed=2, failed=1)
    database = a_check(
        policy="CKV_AWS_17",
        severity=PolicySeverity.CRITICAL,
        section="database",
        passed=0,
        failed=1,
    )
    fixed = a_result(policy="CKV_AWS_7", message="Ensure rotation of keys", resource="Keys/Key")
    return ScanResult(
        environments=(PROD, DEV),
        results=(
            OLD,
            replace(OLD, environment="dev", logical_id="DevQueue"),
            WAIVED,
            replace(WAIVED, environment="dev"),
            NEW,
        ),
        checks=(
            database,
            queue,
            replace(queue, environment="dev"),
            audit,
            replace(audit, environment="dev"),
        ),
        problems=(a_problem(),),
        base=ScanBase(reference="origin/main", commit="1" * 40),
        fixed=(fixed,),
    )


def full_context() -> ScanContext:
    """Return the context of `full_scan`, with history and controls."""
    return a_context(
        clean=False,
        listed={
            "CKV_AWS_17": ListedPolicy(
                severity=PolicySeverity.CRITICAL, reason="Data is open.", source="s", line=4
            )
        },
        controls=(
            Control(
                framework="CIS AWS Foundations Benchmark v7.0.0",
                id="3.2.3",
                title="Keep databases out of the internet",
                checks=("CKV_AWS_17", "CKV_NOT_RUN"),
            ),
            Control(
                framework="NIST SP 800-53 Rev. 5",
                id="SC-28",
                title="Encrypt data at rest",
                checks=("CKV_AWS_18", "CKV_AWS_27"),
            ),
            Control(
                framework="NIST SP 800-53 Rev. 5", id="ZZ-1", title="Other", checks=("CKV_NOT_RUN",)
            ),
        ),
        history=History(
            (
                a_record(1, prod=counted(90, 5, high=4, low=2)),
                a_record(8, prod=counted(95, 4, high=2), dev=counted(80, 6)),
                a_record(25, prod=counted(99, 4, problems=1, critical=1), dev=counted(82, 1)),
            )
        ),
    )


def hostile_scan(text: str) -> ScanResult:
    """Return a scan that has a text in every place where a text of others can be."""
    at = Location(text, 3)
    waiver = a_waiver(id=text, owner=text, reason=text, ticket=text)
    result = replace(
        NEW,
        environment=text,
        policy=text,
        message=text,
        resource=text,
        logical_id=text,
        type=text,
        section=text,
        detail=text,
        hint=text,
        key=text,
        paths=(text,),
        digest=text,
        location=at,
        source=at,
        causes=(replace(NEW.causes[0], location=at, key=text),),
    )
    problem = a_problem(
        rule=text, message=text, hint=text, path=text, location=at, environment=text
    )
    return ScanResult(
        environments=(ScannedEnvironment(name=text, tier=text, target=text, template=text),),
        results=(result, replace(result, status="", waiver=waiver)),
        checks=(a_check(environment=text, section=text, policy=text),),
        problems=(problem,),
        base=ScanBase(reference=text, commit="1" * 40),
        fixed=(result,),
    )


def hostile_context(text: str) -> ScanContext:
    """Return a context that has a text in every place where a text of others can be."""
    listed = ListedPolicy(severity=PolicySeverity.LOW, reason=text, source=text, line=1)
    record = a_record(1, **{text: counted()})
    return a_context(
        commit=text,
        versions={text: text},
        policies_digest=text,
        listed={text: listed},
        controls=(Control(framework=text, id=text, title=text, checks=(text,)),),
        history=History((record, record)),
    )
