"""Properties of resources that tests of changes set."""

from __future__ import annotations

from typing import Any

Properties = dict[str, Any]


def lock(mode: str, days: int) -> Properties:
    """Return the Object Lock configuration of a bucket."""
    retention = {"Mode": mode, "Days": days}
    return {"ObjectLockConfiguration": {"Rule": {"DefaultRetention": retention}}}


def lifecycle(**rule: object) -> Properties:
    """Return a lifecycle configuration with one enabled rule."""
    rules = [{"Id": "Retention", "Status": "Enabled", **rule}]
    return {"LifecycleConfiguration": {"Rules": rules}}


def plan(**lifecycles: int | None) -> Properties:
    """Return a backup plan that keeps the backups of each rule for some days."""
    rules = [
        {"RuleName": name, **({"Lifecycle": {"DeleteAfterDays": days}} if days else {})}
        for name, days in lifecycles.items()
    ]
    return {"BackupPlan": {"BackupPlanRule": rules}}


def policy(*statements: Properties, name: str = "PolicyDocument") -> Properties:
    """Return a property with a policy document."""
    return {name: {"Statement": list(statements)}}


def encryption(algorithm: str) -> Properties:
    """Return the encryption of a bucket."""
    default = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [default]}}


def parameters(**values: str) -> Properties:
    """Return the parameter group of a database."""
    return {"Family": "postgres17", "Parameters": values}


def old_family(**values: str) -> Properties:
    """Return the parameter group of a version that accepts connections without TLS by default."""
    return {"Family": "postgres14", "Parameters": values}


def logs(*names: str) -> Properties:
    """Return the exported logs of a database."""
    return {"EnableCloudwatchLogsExports": list(names)}


def plan_rule(**rule: object) -> Properties:
    """Return a backup plan with one rule."""
    return {"BackupPlan": {"BackupPlanRule": [{"RuleName": "daily", **rule}]}}


def vault_lock(**days: int) -> Properties:
    """Return the lock of a backup vault."""
    return {"LockConfiguration": days}


def events(selector: Properties) -> Properties:
    """Return what a trail records."""
    return {"EventSelectors": [selector]}


def ingress(**rule: str) -> Properties:
    """Return a security group with one rule."""
    return {"SecurityGroupIngress": [{"IpProtocol": "tcp", **rule}]}
