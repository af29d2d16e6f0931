"""Policy: a backup plan makes a copy each day and keeps it for more than a month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at, at_least, items, number, reference

# As long as RDS keeps automated backups at most.
DAYS = 35
# Minute and hour, then each day: https://docs.aws.amazon.com/aws-backup/latest/devguide/about-backup-plans.html
DAILY = re.compile(
    r"cron\([\d,]+ [\d,*/]+ (\*|\?) \* (\?|\*) \*\)|rate\(([1-9]|1\d|2[0-4]) hours?\)|rate\(1 day\)"
)
AGE = "DeleteAfterDays"
# The default of AWS Backup. A backup that starts a day late is not the one of the day.
MINUTES = 480
RULES = "Properties/BackupPlan/BackupPlanRule"


class BackupPlanKeepsDailyCopies(TemplateCheck):
    """Fail when no rule of the plan runs daily, or when a rule deletes copies early."""

    def __init__(self) -> None:
        super().__init__(
            name=f"A backup plan makes a copy each day and keeps it for at least {DAYS} days",
            id="CKV_CATALOG_52",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::Backup::BackupPlan",),
            guideline=f"Set backup.retention_days to {DAYS} or more; a rule of the plan runs "
            "daily (ScheduleExpression) and stores its copies in a vault of the stack.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the schedule, the vault and the lifecycle of each rule."""
        rules = items(at(resource.properties, "BackupPlan/BackupPlanRule"))
        if not any(DAILY.fullmatch(str(at(rule, "ScheduleExpression"))) for rule in rules):
            yield RULES
        for index, rule in enumerate(rules):
            vault = resources.get(reference(at(rule, "TargetBackupVault")))
            if vault is None or vault.type != "AWS::Backup::BackupVault":
                yield f"{RULES}/[{index}]/TargetBackupVault"
            if not _is_kept(rule, vault):
                yield f"{RULES}/[{index}]/Lifecycle"
            window = number(at(rule, "StartWindowMinutes") or MINUTES)
            if window is None or window > MINUTES:
                yield f"{RULES}/[{index}]/StartWindowMinutes"


def _is_kept(rule: Any, vault: Resource | None) -> bool:
    """Return whether copies are kept: without a lifecycle, AWS Backup deletes none.

    A locked vault refuses copies that are kept for longer than its maximum.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
    """
    lifecycle = at(rule, "Lifecycle")
    longest = at(vault.properties, "LockConfiguration/MaxRetentionDays") if vault else None
    if longest is not None and not at_least(longest, number(at(lifecycle, AGE)) or 36500):
        return False
    if lifecycle is None:
        return True
    if not isinstance(lifecycle, dict) or "Fn::If" in lifecycle:
        return False
    return AGE not in lifecycle or at_least(lifecycle[AGE], DAYS)


check = BackupPlanKeepsDailyCopies()
