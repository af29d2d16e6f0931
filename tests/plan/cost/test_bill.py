"""The monthly bill of a stack, and the quantities of each resource type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog_platform.aws.prices.table import PriceTable
from catalog_platform.plan.cost.bill import BILLED, FREE, bill
from catalog_platform.plan.cost.dimension import Fixed, Usage
from catalog_platform.plan.verdicts.decided import DECIDED
from support.costs import dimensions, prices, production, stack_of

DATABASE = "AWS::RDS::DBInstance"
CLASS = {"DBInstanceClass": "db.r6g.large", "Engine": "postgres"}
GP3 = {**CLASS, "StorageType": "gp3", "AllocatedStorage": "100"}
TARGETS = {"DBInstanceIdentifiers": [{"Ref": "D"}]}
GROUP = {"Engine": "valkey", "CacheNodeType": "cache.r7g.large"}
NODE = "elasticache.valkey.cache.r7g.large"
STREAM = {"ShardCount": 4}
ON_DEMAND = {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
STATISTIC = {"Id": "a", "MetricStat": {"Metric": {"MetricName": "A"}, "Period": 300, "Stat": "Sum"}}
OTHER = {"Id": "b", "MetricStat": {"Metric": {"MetricName": "B"}, "Period": 300, "Stat": "Sum"}}
RATIO = {"Id": "c", "Expression": "a / b"}
ALARM = "AWS::CloudWatch::Alarm"
QUICK = {"Id": "q", "MetricStat": {"Metric": {"MetricName": "Q"}, "Period": 10, "Stat": "Sum"}}


def fixed(kind: str, properties: dict[str, Any], **others: Any) -> dict[str, int]:
    """Return the quantities of a resource by price."""
    found = (each for each in dimensions(kind, properties, others) if isinstance(each, Fixed))
    return {each.price: int(each.quantity) for each in found}


def used(kind: str, properties: dict[str, Any], **others: Any) -> set[str]:
    """Return the prices of a resource's usage."""
    found = dimensions(kind, properties, others)
    return {each.price for each in found if isinstance(each, Usage)}


@pytest.mark.parametrize(
    ("kind", "properties", "quantities"),
    [
        (DATABASE, GP3, {"rds.pg.db.r6g.large.single": 730, "rds.storage.gp3.single": 100}),
        (
            DATABASE,
            {**GP3, "MultiAZ": True, "Iops": 5000, "StorageThroughput": 200},
            {
                "rds.pg.db.r6g.large.multi": 730,
                "rds.storage.gp3.multi": 100,
                "rds.iops.gp3.multi": 2000,
                "rds.throughput.gp3.multi": 75,
            },
        ),
        (
            DATABASE,
            {**GP3, "AllocatedStorage": 400, "Iops": 12000, "StorageThroughput": 500},
            {"rds.pg.db.r6g.large.single": 730, "rds.storage.gp3.single": 400},
        ),
        (
            DATABASE,
            {**GP3, "StorageType": "io2", "Iops": 1000},
            {
                "rds.pg.db.r6g.large.single": 730,
                "rds.storage.io2.single": 100,
                "rds.iops.io2.single": 1000,
            },
        ),
        (
            DATABASE,
            {
                **GP3,
                "EnablePerformanceInsights": True,
                "PerformanceInsightsRetentionPeriod": 731,
            },
            {
                "rds.pg.db.r6g.large.single": 730,
                "rds.storage.gp3.single": 100,
                "rds.pi.first_month": 2,
                "rds.pi.additional_month": 46,
            },
        ),
        (
            DATABASE,
            {**GP3, "DatabaseInsightsMode": "advanced"},
            {
                "rds.pg.db.r6g.large.single": 730,
                "rds.storage.gp3.single": 100,
                "rds.database_insights_advanced": 1460,
            },
        ),
        (
            "AWS::ElastiCache::ReplicationGroup",
            {**GROUP, "NumNodeGroups": 3, "ReplicasPerNodeGroup": 2},
            {NODE: 9 * 730},
        ),
        ("AWS::ElastiCache::ReplicationGroup", {**GROUP, "NumCacheClusters": 2}, {NODE: 2 * 730}),
        ("AWS::Kinesis::Stream", STREAM, {"kinesis.shard_hour": 2920}),
        (
            "AWS::Kinesis::Stream",
            {**STREAM, "RetentionPeriodHours": 168},
            {"kinesis.shard_hour": 2920, "kinesis.extended_retention": 2920},
        ),
        ("AWS::Kinesis::Stream", ON_DEMAND, {"kinesis.ondemand_stream_hour": 730}),
        ("AWS::EC2::NatGateway", {}, {"vpc.nat_hour": 730}),
        ("AWS::EC2::EIP", {}, {"vpc.public_ipv4_hour": 730}),
        (
            "AWS::EC2::VPCEndpoint",
            {"VpcEndpointType": "Interface", "SubnetIds": ["a", "b", "c"]},
            {"vpc.endpoint_hour": 2190},
        ),
        ("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Gateway"}, {}),
        ("AWS::KMS::Key", {}, {"kms.key_month": 1}),
        ("AWS::SecretsManager::Secret", {}, {"secretsmanager.secret_month": 1}),
        (ALARM, {"MetricName": "A", "Period": 60}, {"cloudwatch.alarm_standard": 1}),
        (ALARM, {"MetricName": "A", "Period": 10}, {"cloudwatch.alarm_high_res": 1}),
        (ALARM, {"Metrics": [STATISTIC, OTHER, RATIO]}, {"cloudwatch.alarm_standard": 2}),
        (ALARM, {"Metrics": [STATISTIC, QUICK]}, {"cloudwatch.alarm_high_res": 2}),
        ("AWS::CloudWatch::CompositeAlarm", {}, {"cloudwatch.alarm_composite": 1}),
        ("AWS::CloudWatch::Dashboard", {}, {"cloudwatch.dashboard": 1}),
    ],
)  # fmt: skip
def test_what_is_billed_by_the_hour_or_the_piece_has_a_quantity(
    kind: str, properties: dict[str, Any], quantities: dict[str, int]
) -> None:
    assert fixed(kind, properties) == quantities


@pytest.mark.parametrize(
    ("name", "hours"), [("db.t4g.micro", 1460), ("db.r6g.xlarge", 2920), ("db.r6g.2xlarge", 5840)]
)
def test_a_proxy_is_billed_by_the_vcpus_of_its_target_and_at_least_two(
    name: str, hours: int
) -> None:
    database = {"Type": DATABASE, "Properties": {"DBInstanceClass": name}}
    found = fixed("AWS::RDS::DBProxyTargetGroup", TARGETS, D=database)
    assert found == {"rds.proxy_vcpu_hour": hours}


def test_a_replica_has_the_engine_and_the_storage_of_its_source() -> None:
    source = {"Type": DATABASE, "Properties": {**GP3, "MultiAZ": True}}
    replica = {
        "DBInstanceClass": "db.r6g.large",
        "SourceDBInstanceIdentifier": {"Ref": "D"},
        "StorageType": "gp3",
    }
    assert fixed(DATABASE, replica, D=source) == {
        "rds.pg.db.r6g.large.single": 730,
        "rds.storage.gp3.single": 100,
    }


@pytest.mark.parametrize(
    ("kind", "properties", "usage"),
    [
        (DATABASE, GP3, {"rds.backup"}),
        (DATABASE, {**GP3, "BackupRetentionPeriod": 0}, set()),
        (
            DATABASE,
            {**GP3, "MaxAllocatedStorage": 200, "MonitoringInterval": 60},
            {"rds.backup", "rds.storage.gp3.single", "cloudwatch.logs_ingest"},
        ),
        (
            DATABASE,
            {**GP3, "DBInstanceClass": "db.t4g.small"},
            {"rds.backup", "rds.cpu_credits_t4g"},
        ),
        ("AWS::ElastiCache::ReplicationGroup", {**GROUP, "ReplicasPerNodeGroup": 0}, set()),
        (
            "AWS::ElastiCache::ReplicationGroup",
            {**GROUP, "ReplicasPerNodeGroup": 0, "SnapshotRetentionLimit": 7},
            {"elasticache.backup"},
        ),
        ("AWS::Kinesis::Stream", STREAM, {"kinesis.put_units"}),
        (
            "AWS::Kinesis::Stream",
            {**STREAM, "RetentionPeriodHours": 169},
            {"kinesis.put_units", "kinesis.long_term_retention", "kinesis.long_term_retrieval"},
        ),
        (
            "AWS::Kinesis::Stream",
            {**ON_DEMAND, "RetentionPeriodHours": 48},
            {"kinesis.ondemand_in", "kinesis.ondemand_out", "kinesis.ondemand_extended_retention"},
        ),
        ("AWS::EC2::NatGateway", {}, {"vpc.nat_gb", "dt.internet_out_tier1"}),
        ("AWS::EC2::FlowLog", {}, {"cloudwatch.logs_vended"}),
        ("AWS::EC2::FlowLog", {"LogDestinationType": "s3"}, {""}),
        ("AWS::KMS::Key", {"EnableKeyRotation": True}, {"kms.key_month", "kms.requests"}),
        (
            "AWS::Logs::LogGroup",
            {"LogGroupClass": "INFREQUENT_ACCESS"},
            {"cloudwatch.logs_ingest_ia", "cloudwatch.logs_storage"},
        ),
        ("AWS::CloudTrail::Trail", {}, {"cloudtrail.mgmt_events_extra"}),
        (
            "AWS::CloudTrail::Trail",
            {"EventSelectors": [{"IncludeManagementEvents": False, "DataResources": [{}]}]},
            {"cloudtrail.data_events"},
        ),
        (
            "AWS::Lambda::Function",
            {"Architectures": ["arm64"], "TracingConfig": {"Mode": "Active"}},
            {"lambda.gb_second_arm", "lambda.requests_arm", ""},
        ),
        (
            "AWS::Lambda::Function",
            {"EphemeralStorage": {"Size": 1024}},
            {"lambda.gb_second_x86", "lambda.requests_x86", "lambda.ephemeral_storage"},
        ),
        ("AWS::SNS::Subscription", {"Protocol": "sms"}, {""}),
        ("AWS::SNS::Subscription", {"Protocol": "email"}, {"sns.delivery_email"}),
        ("AWS::SQS::Queue", {"FifoQueue": True}, {"sqs.requests_fifo"}),
    ],
)  # fmt: skip
def test_what_is_billed_by_use_is_named_and_not_estimated(
    kind: str, properties: dict[str, Any], usage: set[str]
) -> None:
    assert used(kind, properties) == usage


@pytest.mark.parametrize(
    ("kind", "properties", "reason"),
    [
        (DATABASE, {**GP3, "DBInstanceClass": "db.x9.large"}, "no price rds.pg.db.x9.large.single"),
        (DATABASE, {**GP3, "AllocatedStorage": {"Ref": "P"}}, "AllocatedStorage is no literal"),
        (DATABASE, {**GP3, "StorageType": "io9"}, "storage of the type io9"),
        (DATABASE, {**GP3, "Engine": "mysql"}, "only prices of the engine postgres"),
        (DATABASE, {**GP3, "MultiAZ": "yes"}, "MultiAZ is neither true nor false"),
        (DATABASE, {"Engine": "postgres"}, "DBInstanceClass is unset"),
        ("AWS::ElastiCache::ReplicationGroup", GROUP, "ReplicasPerNodeGroup is unset"),
        ("AWS::Kinesis::Stream", {}, "ShardCount is unset"),
        ("AWS::Kinesis::Stream", {"StreamModeDetails": {"Ref": "P"}}, "is not literal"),
        ("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Interface"}, "SubnetIds is no literal list"),
        ("AWS::RDS::DBProxyTargetGroup", {}, "names no instance of this stack"),
        ("AWS::SSM::Parameter", {"Tier": "Advanced"}, "parameter of the tier Advanced"),
        (ALARM, {"Metrics": [{"MetricStat": {"Period": {"Ref": "P"}}}]}, "no literal number"),
        ("AWS::DynamoDB::Table", {}, "nothing is known about AWS::DynamoDB::Table"),
        (ALARM, {"Metrics": [{"Id": "q", "Expression": "SELECT AVG(x)"}]}, "billed by the metrics"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_said_and_not_counted(
    kind: str, properties: dict[str, Any], reason: str
) -> None:
    found = bill(stack_of({"R": {"Type": kind, "Properties": properties}}), prices())
    (unknown,) = found.unknown
    assert unknown.startswith("R: ")
    assert reason in unknown


def test_the_rest_of_a_resource_with_an_unknown_part_is_counted() -> None:
    properties = {**GP3, "AllocatedStorage": {"Ref": "P"}}
    found = bill(stack_of({"R": {"Type": DATABASE, "Properties": properties}}), prices())
    assert [line.price.id for line in found.lines] == ["rds.pg.db.r6g.large.single"]
    assert len(found.unknown) == 1


def test_a_region_without_prices_has_no_amounts() -> None:
    found = bill(production("ap-south-2"), prices())
    assert {line.price.id for line in found.lines} == {"cloudwatch.dashboard"}
    assert any("no price kms.key_month in ap-south-2" in each for each in found.unknown)


def test_an_empty_table_makes_every_fixed_part_unknown() -> None:
    found = bill(production(), PriceTable({}))
    assert found.lines == ()
    assert found.total == 0
    assert len(found.unknown) == len(bill(production(), prices()).lines)


@pytest.mark.parametrize("region", ["eu-west-1", "eu-central-1", "us-east-1"])
def test_every_fixed_part_of_the_largest_environment_has_a_price(region: str) -> None:
    found = bill(production(region), prices())
    assert found.unknown == ()
    assert {line.price.region for line in found.lines} <= {region, "global"}


def test_usage_of_the_largest_environment_has_prices_except_for_traces() -> None:
    found = bill(production(), prices())
    assert {each.what for each in found.usage if each.price is None} == {"X-Ray traces"}


def test_the_total_is_the_sum_of_the_lines_and_a_line_is_quantity_times_price() -> None:
    found = bill(production(), prices())
    assert found.total == sum(line.amount for line in found.lines) > 0
    for line in found.lines:
        assert line.price.usd is not None
        assert abs(line.amount - line.quantity * line.price.usd) <= Decimal("0.005")


def test_every_type_of_the_largest_environment_is_billed_or_free() -> None:
    types = {each["Type"] for each in production().resources.values()}
    assert types - {*BILLED, *FREE} == set()


def test_every_type_that_a_plan_knows_is_billed_or_free_and_none_is_both() -> None:
    assert DECIDED - {*BILLED, *FREE} == set()
    assert {*BILLED} & {*FREE} == set()
