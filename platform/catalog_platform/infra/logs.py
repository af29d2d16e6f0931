"""The encrypted log groups, with the retention of the manifest."""

from __future__ import annotations

from typing import cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra import removal
from catalog_platform.infra.encryption import Encryption


class Logs(Construct):
    """The log groups of the functions, the VPC flow logs and the CloudTrail trail.

    Log groups of disabled functions and of a disabled trail are None.

    RDS creates missing log groups for its exports and its proxy, without retention and with an
    AWS key. `named` creates them beforehand if their names are known.
    """

    processor: logs.LogGroup
    schema: logs.LogGroup
    rotation: logs.LogGroup | None
    replayer: logs.LogGroup | None
    reader: logs.LogGroup | None
    flow: logs.LogGroup
    trail: logs.LogGroup | None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Logs,
        audit: model.Audit,
        database: model.Database,
        replayer: model.Replayer,
        reader: model.Reader,
        encryption: Encryption,
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self._key = encryption.key
        self.processor = self._group("Processor", spec.retention_days)
        self.schema = self._group("Schema", spec.retention_days)
        days = spec.retention_days
        rotates = database.secret_rotation_days is not None
        self.rotation = self._group("Rotation", days) if rotates else None
        self.replayer = self._group("Replayer", days) if replayer.enabled else None
        self.reader = self._group("Reader", days) if reader.enabled else None
        self.flow = self._group("Flow", spec.flow_log_retention_days)
        # The group is read by the alarm on failed uses of the key, which are management events.
        evaluated = audit.trail and audit.management_events
        self.trail = (
            self._group("Trail", spec.retention_days, key=encryption.monitoring_key)
            if evaluated
            else None
        )

    def named(
        self,
        id: str,  # noqa: A002
        name: str,
        *,
        outlives_stack: bool = True,
    ) -> logs.LogGroup:
        """Create a log group with the name that an AWS service writes to.

        A group that does not outlive the stack is deleted with the resource that writes to it. A
        retained group would block that resource's return: its name would be taken.
        """
        on_removal = self._spec.on_removal if outlives_stack else "destroy"
        return self._group(
            id,
            self._spec.retention_days,
            name=name,
            policy=removal.data_policy(on_removal),
        )

    def _group(
        self,
        id: str,  # noqa: A002
        retention_days: int,
        *,
        name: str | None = None,
        policy: RemovalPolicy | None = None,
        key: kms.IKey | None = None,
    ) -> logs.LogGroup:
        group = logs.LogGroup(
            self,
            id,
            log_group_name=name,
            encryption_key=key or self._key,
            removal_policy=policy or removal.data_policy(self._spec.on_removal),
        )
        # The L2 construct takes an enumeration; the manifest already holds a valid number of days.
        cast(logs.CfnLogGroup, group.node.default_child).retention_in_days = retention_days
        return group
