"""Which names the template sets, per resource type, and which calls find out who has them.

A type that is not in the table has no name that the template sets, or AWS assigns it; a test
compares the table with the templates and AWS's resource schemas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from catalog_platform.release.preflight.calls import CallError, Calls

# AWS accepts this many values in one filter.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html
FILTER_VALUES = 50

Names = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameLookup:
    """How names of a type are looked up.

    `property` is the template's property with the name, and `key` the manifest's key that it
    follows from. `taken` returns those of the given names that exist, and may raise `CallError`;
    `actions` are the IAM actions of its calls. `data` says what a resource of the type can hold.
    """

    type: str
    property: str
    key: str
    taken: Callable[[Calls, Names], Iterable[str]]
    actions: tuple[str, ...]
    data: str = ""


def _log_groups(calls: Calls, names: Names) -> Iterable[str]:
    for name in sorted(names):
        found = calls.pages("logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix=name)
        # Names are sorted, so a group of this name is the first one.
        first = next(found, None)
        if first is not None and first["logGroupName"] == name:
            yield name


def _parameters(calls: Calls, names: Names) -> Iterable[str]:
    ordered = sorted(names)
    for start in range(0, len(ordered), FILTER_VALUES):
        chosen = {
            "Key": "Name",
            "Option": "Equals",
            "Values": ordered[start : start + FILTER_VALUES],
        }
        for each in calls.pages(
            "ssm", "DescribeParameters", "Parameters", ParameterFilters=[chosen]
        ):
            yield each["Name"]


def _alarms(calls: Calls, names: Names) -> Iterable[str]:
    for kind, member in (("MetricAlarm", "MetricAlarms"), ("CompositeAlarm", "CompositeAlarms")):
        for each in calls.pages(
            "cloudwatch",
            "DescribeAlarms",
            member,
            AlarmNames=sorted(names)[:100],
            AlarmTypes=[kind],
        ):
            yield each["AlarmName"]


def _dashboards(calls: Calls, names: Names) -> Iterable[str]:
    for name in sorted(names):
        for each in calls.pages(
            "cloudwatch", "ListDashboards", "DashboardEntries", DashboardNamePrefix=name
        ):
            yield each["DashboardName"]


def _vaults(calls: Calls, names: Names) -> Iterable[str]:
    # DescribeBackupVault denies access to a vault that doesn't exist.
    # https://github.com/aws/aws-sdk-js/issues/2625
    return (
        each["BackupVaultName"]
        for each in calls.pages("backup", "ListBackupVaults", "BackupVaultList")
        if each["BackupVaultName"] in names
    )


def _aliases(calls: Calls, names: Names) -> Iterable[str]:
    return (each["AliasName"] for each in calls.pages("kms", "ListAliases", "Aliases"))


def _by_call(
    service: str, operation: str, parameter: str, *missing: str
) -> Callable[[Calls, Names], Iterable[str]]:
    """Return a look-up with one call per name, which fails with a code in `missing`."""

    def taken(calls: Calls, names: Names) -> Iterable[str]:
        for name in sorted(names):
            try:
                calls.call(service, operation, **{parameter: name})
            except CallError as error:
                if error.code not in missing:
                    raise
            else:
                yield name

    return taken


def _buckets(calls: Calls, names: Names) -> Iterable[str]:
    # Whether another account has the name is not asked: S3 denies access to a bucket of another
    # account, and to any bucket without permission.
    return (each["Name"] for each in calls.call("s3", "ListBuckets").get("Buckets", ()))


LOOKUPS = (
    NameLookup(
        type="AWS::Logs::LogGroup",
        property="LogGroupName",
        key="database.identifier",
        taken=_log_groups,
        actions=("logs:DescribeLogGroups",),
        data="log events",
    ),
    NameLookup(
        type="AWS::SSM::Parameter",
        property="Name",
        key="environment.name",
        taken=_parameters,
        actions=("ssm:DescribeParameters",),
    ),
    NameLookup(
        type="AWS::CloudWatch::Dashboard",
        property="DashboardName",
        key="environment.name",
        taken=_dashboards,
        actions=("cloudwatch:ListDashboards",),
    ),
    *(
        NameLookup(
            type=f"AWS::CloudWatch::{kind}",
            property="AlarmName",
            key="environment.name",
            taken=_alarms,
            actions=("cloudwatch:DescribeAlarms",),
        )
        for kind in ("Alarm", "CompositeAlarm")
    ),
    NameLookup(
        type="AWS::Backup::BackupVault",
        property="BackupVaultName",
        key="environment.name",
        taken=_vaults,
        actions=("backup:ListBackupVaults",),
        data="recovery points",
    ),
    NameLookup(
        type="AWS::KMS::Alias",
        property="AliasName",
        key="environment.name",
        taken=_aliases,
        actions=("kms:ListAliases",),
    ),
    NameLookup(
        type="AWS::RDS::DBInstance",
        property="DBInstanceIdentifier",
        key="database.identifier",
        taken=_by_call("rds", "DescribeDBInstances", "DBInstanceIdentifier", "DBInstanceNotFound"),
        actions=("rds:DescribeDBInstances",),
        data="a database",
    ),
    NameLookup(
        type="AWS::RDS::DBProxy",
        property="DBProxyName",
        key="database.identifier",
        taken=_by_call("rds", "DescribeDBProxies", "DBProxyName", "DBProxyNotFoundFault"),
        actions=("rds:DescribeDBProxies",),
    ),
    NameLookup(
        type="AWS::S3::Bucket",
        property="BucketName",
        key="environment.name",
        taken=_buckets,
        actions=("s3:ListAllMyBuckets",),
        data="objects",
    ),
)
