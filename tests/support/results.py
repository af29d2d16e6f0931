"""Results of policies with default values."""

from __future__ import annotations

import datetime
from typing import Any

from catalog_platform.findings import Location
from catalog_platform.policy.results import PolicyResult
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.verdicts import PolicyOutcome
from catalog_platform.policy.waiver_format import Waiver


def a_result(**changes: Any) -> PolicyResult:
    """Return a failed policy of high severity; any field can be given."""
    fields: dict[str, Any] = {
        "environment": "prod",
        "policy": "CKV_AWS_27",
        "message": "Ensure all data stored in the SQS queue is encrypted",
        "severity": PolicySeverity.HIGH,
        "threshold": PolicySeverity.LOW,
        "outcome": PolicyOutcome.FAILED,
        "resource": "DeadLetters/Queue/Resource",
        "location": Location("environments/prod.yaml", 7, 1),
        "logical_id": "DeadLettersQueue",
        "type": "AWS::SQS::Queue",
        "section": "dead_letters",
    }
    return PolicyResult(**{**fields, **changes})


def a_waiver(**changes: Any) -> Waiver:
    """Return a waiver of `a_result`; any field can be given."""
    fields: dict[str, Any] = {
        "id": "queue-without-encryption",
        "kind": "policy",
        "selector": "",
        "selected": (),
        "rules": ("CKV_AWS_27",),
        "resources": ("DeadLetters/Queue/Resource",),
        "reason": "The queue holds no data of customers.",
        "owner": "catalog-team",
        "created": datetime.date(2030, 1, 1),
        "expires": datetime.date(2030, 6, 30),
    }
    return Waiver(**{**fields, **changes})
