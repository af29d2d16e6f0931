"""Read the database instances of a stack as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog_platform.aws.api_errors import calling
from catalog_platform.aws.session import Session

INSTANCE = "AWS::RDS::DBInstance"
# Of the properties in a template, those that AWS or a person changes without CloudFormation.
PROPERTIES = ("AllocatedStorage", "DeletionProtection", "EngineVersion")


def deployed_databases(session: Session, stack: str) -> dict[str, Mapping[str, Any]]:
    """Return `PROPERTIES` of each instance by its logical id. Raises `PlatformError`.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html
    """
    with calling("cloudformation:ListStackResources", f"stack {stack}"):
        pages = session.client("cloudformation").get_paginator("list_stack_resources")
        physical = {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages.paginate(StackName=stack)
            for each in page["StackResourceSummaries"]
            if each["ResourceType"] == INSTANCE and each.get("PhysicalResourceId")
        }
    return {logical_id: _instance(session, name) for logical_id, name in physical.items()}


def _instance(session: Session, identifier: str) -> dict[str, Any]:
    with calling("rds:DescribeDBInstances", f"database instance {identifier}"):
        (found,) = session.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)[
            "DBInstances"
        ]
    return {name: found[name] for name in PROPERTIES if name in found}
