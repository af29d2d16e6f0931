"""What AWS's resource schemas say about replacement."""

from __future__ import annotations

import pytest

from catalog_platform.aws.provider_schemas import NAMES, replacement


@pytest.mark.parametrize(
    ("resource_type", "identifier"),
    [
        ("AWS::RDS::DBInstance", ("DBInstanceIdentifier",)),
        ("AWS::SQS::Queue", ("QueueName",)),
        ("AWS::Logs::MetricFilter", ("LogGroupName", "FilterName")),
        ("AWS::KMS::Key", ()),
        ("Custom::Anything", ()),
    ],
)
def test_the_properties_that_name_a_resource_are_known(
    resource_type: str, identifier: tuple[str, ...]
) -> None:
    assert replacement(resource_type).identifier == identifier


def test_a_database_is_replaced_by_some_conditional_properties_only() -> None:
    found = replacement("AWS::RDS::DBInstance").create_only
    assert {"DBName", "PerformanceInsightsKMSKeyId"} <= found
    assert not {"MultiAZ", "BackupRetentionPeriod", "AllocatedStorage"} & found


def test_the_names_that_the_schemas_lack_are_create_only_properties() -> None:
    for resource_type, name in NAMES.items():
        assert name in replacement(resource_type).create_only
