"""AWS Backup of the database and the archive."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra import removal

START_WINDOW_MINUTES = 60
_POLICIES = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "AWSBackupServiceRolePolicyForS3Backup",
)


class Backup(Construct):
    """The vault, the daily plan and the role of AWS Backup; None if disabled.

    The role can't restore. RDS restores its backups without one, and a role that may write to the
    archive exists only while somebody restores it (docs/runbooks/restore_archive.md).
    """

    vault: backup.CfnBackupVault | None = None
    role: iam.Role | None = None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Backup,
        key: kms.IKey,
        resource_arns: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        if not spec.enabled:
            return
        self.vault = vault = backup.CfnBackupVault(
            self,
            "Vault",
            # CloudFormation requires a name. Stack names are unique per account and region.
            backup_vault_name=Stack.of(self).stack_name,
            encryption_key_arn=key.key_arn,
        )
        vault.apply_removal_policy(removal.data_policy(spec.on_removal))
        plan = self._build_plan(spec, vault)
        self.role = self._build_role()
        backup.CfnBackupSelection(
            self,
            "Selection",
            backup_plan_id=plan.attr_backup_plan_id,
            backup_selection=backup.CfnBackupSelection.BackupSelectionResourceTypeProperty(
                selection_name="stores",
                iam_role_arn=self.role.role_arn,
                resources=list(resource_arns),
            ),
        )

    def _build_plan(self, spec: model.Backup, vault: backup.CfnBackupVault) -> backup.CfnBackupPlan:
        hour, minute = (int(part) for part in spec.daily_at.split(":"))
        return backup.CfnBackupPlan(
            self,
            "Plan",
            backup_plan=backup.CfnBackupPlan.BackupPlanResourceTypeProperty(
                backup_plan_name=Stack.of(self).stack_name,
                backup_plan_rule=[
                    backup.CfnBackupPlan.BackupRuleResourceTypeProperty(
                        rule_name="daily",
                        target_backup_vault=vault.ref,
                        schedule_expression=f"cron({minute} {hour} * * ? *)",
                        start_window_minutes=START_WINDOW_MINUTES,
                        lifecycle=backup.CfnBackupPlan.LifecycleResourceTypeProperty(
                            delete_after_days=spec.retention_days
                        ),
                    )
                ],
            ),
        )

    def _build_role(self) -> iam.Role:
        """Create the role with AWS managed policies, which follow changes of the service.

        https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
        """
        return iam.Role(
            self,
            "Role",
            description="AWS Backup copies the stores of the product catalog",
            assumed_by=iam.ServicePrincipal(
                "backup.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            ),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in _POLICIES
            ],
        )
