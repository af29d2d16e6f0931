"""The CloudWatch dashboard for the person on call."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch

from catalog_platform import model
from catalog_platform.infra.alarms import template
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.backup import Backup
from catalog_platform.infra.cache import Cache
from catalog_platform.infra.database import Database
from catalog_platform.infra.dead_letters import DeadLetters
from catalog_platform.infra.logs import Logs
from catalog_platform.infra.processor import Processor
from catalog_platform.infra.reader import Reader
from catalog_platform.infra.rotation import Rotation
from catalog_platform.infra.stream import Stream

TEMPLATE = "dashboard.json.j2"


@dataclass(frozen=True)
class DashboardSources:
    """The constructs whose metrics the dashboard shows."""

    logs: Logs
    stream: Stream
    processor: Processor
    database: Database
    cache: Cache
    dead_letters: DeadLetters
    backup: Backup
    reader: Reader | None
    rotation: Rotation | None

    @property
    def names(self) -> dict[str, object]:
        """Return the resource names that the template uses."""
        instances = {"primary": self.database.instance} | {
            f"replica {number}": replica
            for number, replica in enumerate(self.database.replicas, start=1)
        }
        return {
            "stream": self.stream.stream.stream_name,
            "function": self.processor.function.function_name,
            "timeout_seconds": self.processor.timeout_seconds,
            "mapping": self.processor.mapping.ref,
            "log_group": self.logs.processor.log_group_name,
            "instances": {
                label: instance.instance_identifier for label, instance in instances.items()
            },
            "nodes": self.cache.nodes,
            "queue": self.dead_letters.queue.queue_name,
            "proxy": self.database.proxy and self.database.proxy.proxy.ref,
            "reader": self.reader and self.reader.function.function_name,
            "rotation": self.rotation and self.rotation.function.function_name,
            "vault": self.backup.vault and self.backup.vault.ref,
        }


def create_dashboard(
    factory: AlarmFactory,
    spec: model.Alarms,
    environment: model.Environment,
    sources: DashboardSources,
    unhealthy: cloudwatch.CfnCompositeAlarm | None,
) -> None:
    """Create the dashboard from `platform/templates/dashboard.json.j2`, if it is enabled.

    Graphs show the thresholds of active alarms.
    """
    if not spec.dashboard:
        return
    worst_first = sorted(factory.active_alarms, key=lambda active: active.severity != "critical")
    limits = {
        active.name: {
            "value": spec.thresholds[active.name].threshold,
            "severity": active.severity,
        }
        for active in factory.active_alarms
    }
    variables = {
        "region": environment.region,
        "environment": environment.name,
        "runbooks": spec.runbook_base_url,
        "alarms": ([unhealthy.attr_arn] if unhealthy else [])
        + [active.alarm.alarm_arn for active in worst_first],
        "limits": limits,
    }
    cloudwatch.CfnDashboard(
        factory,
        "Dashboard",
        # Dashboard names are unique per account, not per region.
        dashboard_name=f"{Stack.of(factory).stack_name}-{environment.region}",
        dashboard_body=template.render(TEMPLATE, variables | sources.names),
    )
