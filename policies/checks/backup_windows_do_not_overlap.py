"""Policy: AWS Backup and RDS don't back up a database at the same time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck, created
from catalog_platform.policy.template_values import at, items, references

DAY = 24 * 60
# Minutes: a backup starts within an hour of its time, at least an hour from RDS's window.
BEFORE, AFTER = 120, 60
DAILY = re.compile(r"cron\((\d+) (\d+) .*\)")
WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


class BackupWindowsDoNotOverlap(TemplateCheck):
    """Fail when a plan starts close to the backup window of a database that it backs up."""

    def __init__(self) -> None:
        super().__init__(
            name="AWS Backup doesn't back up a database during the window of RDS",
            id="CKV_CATALOG_62",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::RDS::DBInstance",),
            guideline="Set database.backup_window to a time that begins two hours after "
            "backup.daily_at, or ends an hour before it: AWS Backup's jobs fail otherwise.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Compare the window with each daily rule of the plans that select the instance.

        https://docs.aws.amazon.com/aws-backup/latest/devguide/troubleshooting.html
        """
        window = resource.properties.get("PreferredBackupWindow")
        found = WINDOW.fullmatch(str(window))
        if window is None:
            return
        if found is None:
            yield "Properties/PreferredBackupWindow"
            return
        hour, minute, last_hour, last_minute = map(int, found.groups())
        begin = hour * 60 + minute
        length = (last_hour * 60 + last_minute - begin) % DAY
        for start in _starts(resource.logical_id, resources):
            if 0 < (start - begin + BEFORE) % DAY < BEFORE + length + AFTER:
                yield "Properties/PreferredBackupWindow"
                return


def _starts(database: str, resources: Resources) -> Iterator[int]:
    """Yield the minute of the day at which each daily rule of a plan starts."""
    for selection in created(resources, "AWS::Backup::BackupSelection"):
        if database not in references(at(selection.properties, "BackupSelection/Resources")):
            continue
        for name in references(selection.properties.get("BackupPlanId")):
            plan = resources.get(name)
            for rule in items(at(plan.properties, "BackupPlan/BackupPlanRule")) if plan else []:
                if found := DAILY.fullmatch(str(at(rule, "ScheduleExpression"))):
                    yield int(found[2]) * 60 + int(found[1])


check = BackupWindowsDoNotOverlap()
