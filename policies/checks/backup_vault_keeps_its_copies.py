"""Policy: the access policy of a backup vault does not allow deleting copies."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import statements
from catalog_platform.policy.template_check import Resources, TemplateCheck

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
DOCUMENT = "AccessPolicy"


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
        """Yield the statements that allow a forbidden action; NotAction allows all others."""
        stack = ScannedStack(resource, resources)
        found = statements(resource.properties.get(DOCUMENT), f"Properties/{DOCUMENT}", stack)
        for each in found:
            if each.allows_action(*FORBIDDEN) or (each.allows and not each.actions):
                yield each.path


check = BackupVaultKeepsItsCopies()
