"""What AWS's resource schemas say about replacement."""

from __future__ import annotations

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

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


def test_a_property_inside_of_another_is_told_apart() -> None:
    found = replacement("AWS::EC2::VPCEndpoint").create_only
    assert "DnsOptions.PrivateDnsPreference" in found
    assert "DnsOptions" not in found


def test_the_names_that_the_schemas_lack_are_create_only_properties() -> None:
    for resource_type, name in NAMES.items():
        assert name in replacement(resource_type).create_only


@pytest.mark.parametrize("resource_type", ["AWS::RDS::DBInstance", "AWS::S3::Bucket"])
def test_the_schemas_are_those_of_cfn_lint(resource_type: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema
    create_only = {each.split("/")[2] for each in schema["createOnlyProperties"]}
    found = replacement(resource_type).create_only
    assert {each.split(".")[0] for each in found} == create_only
