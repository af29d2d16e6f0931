"""Log groups: encrypted with the catalog's key, kept as long as the manifest says."""

from __future__ import annotations

from typing import cast

from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra import removal


class Logs(Construct):
    """One log group for each function that there is, and one for the network's flow logs.

    RDS names the groups of its exports after the instance's identifier, which is not known here;
    setting their retention would take a helper function with rights on every log group. They are
    the only log groups of the environment that AWS creates by itself.
    """

    processor: logs.LogGroup
    schema: logs.LogGroup
    replayer: logs.LogGroup | None
    reader: logs.LogGroup | None
    flow: logs.LogGroup

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Logs,
        replayer: model.Replayer,
        reader: model.Reader,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self._key = key
        self.processor = self._group("Processor", spec.retention_days)
        self.schema = self._group("Schema", spec.retention_days)
        days = spec.retention_days
        self.replayer = self._group("Replayer", days) if replayer.enabled else None
        self.reader = self._group("Reader", days) if reader.enabled else None
        self.flow = self._group("Flow", spec.flow_log_retention_days)

    def _group(self, id: str, retention_days: int) -> logs.LogGroup:  # noqa: A002
        group = logs.LogGroup(
            self,
            id,
            encryption_key=self._key,
            removal_policy=removal.of_data(self._spec.on_removal),
        )
        # The typed enumeration names days; the manifest already holds an allowed number.
        cast(logs.CfnLogGroup, group.node.default_child).retention_in_days = retention_days
        return group
