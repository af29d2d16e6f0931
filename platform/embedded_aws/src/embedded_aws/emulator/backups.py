"""`AWS::Backup::BackupSelection`: recorded with the Backup API; no backups are made."""

from __future__ import annotations

from embedded_aws.emulator.handlers import Created, Properties, register, stack_client

_PARTS = ("SelectionName", "IamRoleArn", "Resources", "NotResources", "ListOfTags", "Conditions")


def install() -> None:
    """Register the type."""
    register("AWS::Backup::BackupSelection", _create, _delete)


def _create(_logical: str, properties: Properties, _stack: str) -> Created:
    plan, selection = properties["BackupPlanId"], properties["BackupSelection"]
    made = stack_client("backup").create_backup_selection(
        BackupPlanId=plan,
        BackupSelection={name: selection[name] for name in _PARTS if name in selection},
    )
    identifier = made["SelectionId"]
    # CloudFormation's physical id of selections.
    return f"{identifier}_{plan}", {"SelectionId": identifier, "BackupPlanId": plan}


def _delete(physical: str, _properties: Properties) -> None:
    identifier, _, plan = physical.partition("_")
    stack_client("backup").delete_backup_selection(BackupPlanId=plan, SelectionId=identifier)
