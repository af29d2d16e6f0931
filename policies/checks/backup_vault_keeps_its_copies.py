"""Policy: the access policy of a backup vault does not allow deleting copies."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at, items

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
FORBIDDEN = (
    "backup:deletebackupvault",
    "backup:deletebackupvaultaccesspolicy",
    "backup:deletebackupvaultlockconfiguration",
    "backup:deleterecoverypoint",
    "backup:disassociaterecoverypoint",
    "backup:putbackupvaultaccesspolicy",
    "backup:updaterecoverypointlifecycle",
)
STATEMENTS = "AccessPolicy/Statement"


class BackupVaultKeepsItsCopies(TemplateCheck):
    """Fail when the policy allows deleting copies, or changing how long they are kept."""

    def __init__(self) -> None:
        super().__init__(
            name="The policy of a backup vault does not allow deleting copies",
            id="CKV_CATALOG_61",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=(
                "AWS::Backup::BackupVault",
                "AWS::Backup::LogicallyAirGappedBackupVault",
            ),
            guideline="Remove the statement: AWS Backup deletes expired copies by itself, and the "
            "copies are for the case that an administrator of the account deletes data.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check each statement that isn't a literal Deny; NotAction allows all other actions."""
        for index, statement in enumerate(items(at(resource.properties, STATEMENTS))):
            if at(statement, "Effect") == "Deny":
                continue
            actions = [str(action).lower() for action in items(at(statement, "Action"))]
            allowed = any(fnmatchcase(name, action) for name in FORBIDDEN for action in actions)
            if allowed or not actions:
                yield f"Properties/{STATEMENTS}/[{index}]"


check = BackupVaultKeepsItsCopies()
