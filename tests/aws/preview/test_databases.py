from __future__ import annotations

import datetime

import pytest

from catalog_platform.aws.api_errors import NoPermissionError
from catalog_platform.aws.preview.databases import deployed_databases
from support.stubbed import StubbedSession

CLOUD = "cloudformation"
STACK = "catalog-prod"
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def listed(session: StubbedSession) -> None:
    resources = {"Instance": "AWS::RDS::DBInstance", "Topic": "AWS::SNS::Topic"}
    summaries = [
        {
            "LogicalResourceId": name,
            "PhysicalResourceId": name.lower(),
            "ResourceType": each,
            "ResourceStatus": "CREATE_COMPLETE",
            "LastUpdatedTimestamp": NOW,
        }
        for name, each in resources.items()
    ]
    session.answer(CLOUD, "list_stack_resources", {"StackResourceSummaries": summaries})


def test_the_instances_of_the_stack_are_read_as_they_are(session: StubbedSession) -> None:
    listed(session)
    instance = {"EngineVersion": "17.10", "DeletionProtection": True, "MultiAZ": True}
    session.answer(
        "rds",
        "describe_db_instances",
        {"DBInstances": [instance]},
        **{"DBInstanceIdentifier": "instance"},
    )
    assert deployed_databases(session, STACK) == {
        "Instance": {"EngineVersion": "17.10", "DeletionProtection": True}
    }


def test_a_missing_permission_is_named_with_the_instance(session: StubbedSession) -> None:
    listed(session)
    session.refuse("rds", "describe_db_instances", "AccessDenied")
    with pytest.raises(NoPermissionError, match=r"instance instance.*rds:DescribeDBInstances"):
        deployed_databases(session, STACK)
    session.refuse(CLOUD, "list_stack_resources", "AccessDenied")
    with pytest.raises(NoPermissionError, match="cloudformation:ListStackResources"):
        deployed_databases(session, STACK)
