from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws import provider_schemas
from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.name_lookups import LOOKUPS
from support.preflight import Account, golden

BY_TYPE = {each.type: each for each in LOOKUPS}
# Identifiers that are no name in the account: they name the parent, or a part of it.
PARTS = {
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::IAM::Policy",
    "AWS::Lambda::Permission",
}


def test_every_name_that_the_template_sets_has_a_look_up() -> None:
    """When this fails, add the type to `LOOKUPS`, or to `PARTS` if it has no name of its own."""
    missing = set()
    for resource in golden().values():
        identifier = provider_schemas.replacement(resource.type).identifier
        names = [resource.properties.text(each) for each in identifier]
        if identifier and all(names) and resource.type not in PARTS:
            lookup = BY_TYPE.get(resource.type)
            if lookup is None or lookup.property not in identifier:
                missing.add((resource.type, identifier))
    assert missing == set()


def taken(account: Account, kind: str, *names: str) -> list[str]:
    lookup = BY_TYPE[kind]
    found = sorted({*lookup.taken(account, frozenset(names))} & {*names})
    assert account.actions == {*lookup.actions}
    return found


def test_a_log_group_needs_the_whole_name(account: Account) -> None:
    account.respond(
        "logs",
        "DescribeLogGroups",
        {"logGroups": [{"logGroupName": "/a/long"}]},
        {"logGroupNamePrefix": "/a"},
    )
    account.respond("logs", "DescribeLogGroups", {"logGroups": [{"logGroupName": "/b"}]})
    assert taken(account, "AWS::Logs::LogGroup", "/a", "/b") == ["/b"]


def test_parameters_are_looked_up_in_portions(account: Account) -> None:
    names = [f"/catalog/{number:03}" for number in range(60)]
    for portion in (names[:50], names[50:]):
        account.respond(
            "ssm",
            "DescribeParameters",
            {"Parameters": [{"Name": portion[0]}]},
            {"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": portion}]},
        )
    assert taken(account, "AWS::SSM::Parameter", *names) == [names[0], names[50]]


@pytest.mark.parametrize(
    ("kind", "service", "operation", "response"),
    [
        (
            "AWS::Backup::BackupVault",
            "backup",
            "ListBackupVaults",
            {"BackupVaultList": [{"BackupVaultName": "a"}, {"BackupVaultName": "other"}]},
        ),
        ("AWS::KMS::Alias", "kms", "ListAliases", {"Aliases": [{"AliasName": "a"}]}),
        ("AWS::S3::Bucket", "s3", "ListBuckets", {"Buckets": [{"Name": "a"}, {"Name": "b"}]}),
        (
            "AWS::CloudWatch::Dashboard",
            "cloudwatch",
            "ListDashboards",
            {"DashboardEntries": [{"DashboardName": "a"}, {"DashboardName": "ab"}]},
        ),
    ],
)
def test_names_are_found_in_lists(
    account: Account, kind: str, service: str, operation: str, response: dict[str, Any]
) -> None:
    account.respond(service, operation, response)
    assert taken(account, kind, "a") == ["a"]


@pytest.mark.parametrize("kind", ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"])
def test_alarms_of_both_kinds_share_their_names(account: Account, kind: str) -> None:
    account.respond("cloudwatch", "DescribeAlarms", {"MetricAlarms": [{"AlarmName": "a"}]})
    account.respond("cloudwatch", "DescribeAlarms", {"CompositeAlarms": [{"AlarmName": "b"}]})
    assert taken(account, kind, "a", "b", "c") == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "operation", "response", "missing"),
    [
        ("AWS::RDS::DBInstance", "DescribeDBInstances", {"DBInstances": []}, "DBInstanceNotFound"),
        ("AWS::RDS::DBProxy", "DescribeDBProxies", {"DBProxies": []}, "DBProxyNotFoundFault"),
    ],
)
def test_a_name_without_an_error_is_taken(
    account: Account, kind: str, operation: str, response: dict[str, Any], missing: str
) -> None:
    account.refuse("rds", operation, missing)
    account.respond("rds", operation, response)
    assert taken(account, kind, "a", "b") == ["b"]


def test_another_error_is_no_free_name(account: Account) -> None:
    account.refuse("rds", "DescribeDBProxies", "InternalFailure")
    with pytest.raises(CallError):
        taken(account, "AWS::RDS::DBProxy", "a")
