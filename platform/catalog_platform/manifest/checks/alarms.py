"""Rules about alarms."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest


def key_errors_alarm_needs_the_trail(manifest: Manifest) -> Iterator[RuleViolation]:
    """The alarm `key_errors` requires the audit trail with management events.

    KMS has no metric for failed calls; the alarm counts them in the CloudTrail log. Calls of KMS
    are management events.

    https://docs.aws.amazon.com/kms/latest/developerguide/monitoring-cloudwatch.html
    """
    alarms, audit = manifest.alarms, manifest.audit
    if alarms.severity_of(alarms.key_errors) is None or (audit.trail and audit.management_events):
        return
    missing = "audit.management_events" if audit.trail else "audit.trail"
    yield RuleViolation(
        "alarms.key_errors.severity",
        f"{alarms.key_errors.severity} needs the audit trail, in which failed KMS calls are "
        f"counted, but {missing} is false",
        f'set {missing} to true, or the severity to "off"',
        (missing, "alarms.minimum_severity"),
    )


RULES: tuple[Rule, ...] = (key_errors_alarm_needs_the_trail,)
