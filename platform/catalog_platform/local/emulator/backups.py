"""`AWS::Backup::BackupSelection`: recorded through the Backup API; nothing is copied."""

from __future__ import annotations

from catalog_platform.local.emulator.handlers import Created, Properties, here, register

_PARTS = ("SelectionName", "IamRoleArn", "Resources", "NotResources", "ListOfTags", "Conditions")


def install() -> None:
    """Register the type."""
    register("AWS::Backup::BackupSelection", _create, _delete)


def _create(_logical: str, properties: Properties, _stack: str) -> Created:
    plan, selection = properties["BackupPlanId"], properties["BackupSelection"]
    made = here("backup").create_backup_selection(
        BackupPlanId=plan,
        BackupSelection={name: selection[name] for name in _PARTS if name in selection},
    )
    identifier = made["SelectionId"]
    # The form in which CloudFormation refers to selections: plan and selection.
    return f"{identifier}_{plan}", {"SelectionId": identifier, "BackupPlanId": plan}


def _delete(physical: str, _properties: Properties) -> None:
    identifier, _, plan = physical.partition("_")
    here("backup").delete_backup_selection(BackupPlanId=plan, SelectionId=identifier)
