"""Rules about alarms."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest


def key_errors_alarm_needs_the_trail(manifest: Manifest) -> Iterator[RuleViolation]:
    """The alarm `key_errors` requires the audit trail.

    KMS has no metric for failed calls; the alarm counts them in the CloudTrail log.

    https://docs.aws.amazon.com/kms/latest/developerguide/monitoring-cloudwatch.html
    """
    alarms = manifest.alarms
    if alarms.severity_of(alarms.key_errors) is not None and not manifest.audit.trail:
        yield RuleViolation(
            "alarms.key_errors.severity",
            f"{alarms.key_errors.severity} needs the audit trail, in which failed KMS calls are "
            "counted, but audit.trail is false",
            'set audit.trail to true, or the severity to "off"',
            ("audit.trail", "alarms.minimum_severity"),
        )


RULES: tuple[Rule, ...] = (key_errors_alarm_needs_the_trail,)
