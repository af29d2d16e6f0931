"""Every rule of the table reports its update, and no harmless one."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.refused_updates import refused_updates
from catalog_platform.aws.refused_updates.model import KEYS
from catalog_platform.aws.refused_updates.rules import RULES
from catalog_platform.manifest.documentation import leaves
from support import cache_updates
from support.updates import instances, protected, stack, with_owner, zones

DATABASE = "AWS::RDS::DBInstance"
ONLINE = {"UpdatePolicy": {"UseOnlineResharding": True}}
STREAM = "AWS::Kinesis::Stream"
BUCKET = "AWS::S3::Bucket"
MAPPING = "AWS::Lambda::EventSourceMapping"
PROXY = "AWS::RDS::DBProxy"
CUSTOM = "Custom::Schema"
LOCKED = {"ObjectLockEnabled": True, "VersioningConfiguration": {"Status": "Enabled"}}
PAIR = {"EventSourceArn": "arn:stream", "FunctionName": "processor"}


def refusals(kind: str, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return the refused properties of one resource that changes."""
    base, head = ({"R": {"Type": kind, "Properties": each, **ONLINE}} for each in (old, new))
    return [found.property for found in refused_updates({"Resources": base}, {"Resources": head})]


BITES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    (DATABASE, {"AllocatedStorage": "100"}, {"AllocatedStorage": "50"}, "AllocatedStorage"),
    (DATABASE, {"AllocatedStorage": "100"}, {"AllocatedStorage": "109"}, "AllocatedStorage"),
    (DATABASE, {"EngineVersion": "17.9"}, {"EngineVersion": "17.8"}, "EngineVersion"),
    (DATABASE, {"EngineVersion": "17.9"}, {"EngineVersion": "16.9"}, "EngineVersion"),
    (DATABASE, {"EngineVersion": "17.10"}, {"EngineVersion": "17.9"}, "EngineVersion"),
    (DATABASE, {"EngineVersion": "17.9"}, {"EngineVersion": "18.1"}, "EngineVersion"),
    *cache_updates.REFUSED,
    (STREAM, {"ShardCount": 4}, {"ShardCount": 9}, "ShardCount"),
    (STREAM, {"ShardCount": 4}, {"ShardCount": 1}, "ShardCount"),
    ("AWS::KMS::Key", {}, {"KeySpec": "RSA_2048"}, "KeySpec"),
    ("AWS::KMS::Key", {}, {"KeyUsage": "SIGN_VERIFY"}, "KeyUsage"),
    ("AWS::KMS::Key", {}, {"MultiRegion": True}, "MultiRegion"),
    ("AWS::KMS::Key", {}, {"Origin": "EXTERNAL"}, "Origin"),
    (BUCKET, LOCKED, {**LOCKED, "ObjectLockEnabled": False}, "ObjectLockEnabled"),
    (BUCKET, LOCKED, {"VersioningConfiguration": {"Status": "Enabled"}}, "ObjectLockEnabled"),
    (BUCKET, LOCKED, {"ObjectLockEnabled": True}, "VersioningConfiguration.Status"),
    (
        MAPPING,
        {**PAIR, "StartingPosition": "LATEST"},
        {**PAIR, "StartingPosition": "TRIM_HORIZON"},
        "StartingPosition",
    ),
    (
        DATABASE,
        {"DBInstanceIdentifier": "catalog", "DBName": "one"},
        {"DBInstanceIdentifier": "catalog", "DBName": "two"},
        "DBName",
    ),
    (
        DATABASE,
        {"DBInstanceIdentifier": "catalog", "PerformanceInsightsKMSKeyId": "key"},
        {"DBInstanceIdentifier": "catalog"},
        "PerformanceInsightsKMSKeyId",
    ),
    (
        PROXY,
        {"DBProxyName": "catalog", "VpcSubnetIds": ["a"]},
        {"DBProxyName": "catalog", "VpcSubnetIds": ["a", "b"]},
        "VpcSubnetIds",
    ),
    (CUSTOM, {"ServiceToken": "arn:one"}, {"ServiceToken": "arn:two"}, "ServiceToken"),
    (
        "AWS::SQS::Queue",
        {"QueueName": "letters"},
        {"QueueName": "letters", "FifoQueue": True},
        "FifoQueue",
    ),
]


@pytest.mark.parametrize(("kind", "old", "new", "refused"), BITES)
def test_a_refused_update_is_found(
    kind: str, old: dict[str, Any], new: dict[str, Any], refused: str
) -> None:
    assert refusals(kind, old, new) == [refused]


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        *((kind, old, old) for kind, old, _, _ in BITES),
        (DATABASE, {"AllocatedStorage": "100"}, {"AllocatedStorage": "110"}),
        (DATABASE, {"AllocatedStorage": "100"}, {"AllocatedStorage": {"Ref": "Size"}}),
        (DATABASE, {"EngineVersion": "17.9"}, {"EngineVersion": "17.10"}),
        (DATABASE, {"EngineVersion": "17.9"}, {"EngineVersion": "17"}),
        (
            DATABASE,
            {"EngineVersion": "17.9"},
            {"EngineVersion": "18.1", "AllowMajorVersionUpgrade": True},
        ),
        # A new identifier makes a new instance, which can have any size and version.
        (
            DATABASE,
            {"DBInstanceIdentifier": "a", "AllocatedStorage": "100", "EngineVersion": "17.9"},
            {"DBInstanceIdentifier": "b", "AllocatedStorage": "50", "EngineVersion": "16.9"},
        ),
        # RDS updates these in place, though its schema calls some of them conditional.
        (
            DATABASE,
            {"DBInstanceIdentifier": "a", "MultiAZ": True, "BackupRetentionPeriod": 35},
            {"DBInstanceIdentifier": "a", "MultiAZ": False, "BackupRetentionPeriod": 7},
        ),
        (DATABASE, {"DBName": "one"}, {"DBName": "two"}),
        *cache_updates.ACCEPTED,
        (STREAM, {"ShardCount": 4}, {"ShardCount": 8}),
        (STREAM, {"ShardCount": 4}, {"ShardCount": 2}),
        (STREAM, {"ShardCount": 3}, {"ShardCount": 2}),
        (STREAM, {"RetentionPeriodHours": 168}, {"RetentionPeriodHours": 24}),
        ("AWS::KMS::Key", {}, {"KeySpec": "SYMMETRIC_DEFAULT", "MultiRegion": False}),
        (BUCKET, {}, LOCKED),
        (BUCKET, {"VersioningConfiguration": {"Status": "Enabled"}}, {}),
        (MAPPING, {**PAIR, "BatchSize": 1}, {**PAIR, "BatchSize": 2}),
        (MAPPING, PAIR, {**PAIR, "EventSourceArn": "arn:other"}),
        (PROXY, {"VpcSubnetIds": ["a"]}, {"VpcSubnetIds": ["a", "b"]}),
        ("AWS::SQS::Queue", {}, {"FifoQueue": True}),
        (CUSTOM, {"ServiceToken": "a", "Digest": "1"}, {"ServiceToken": "a", "Digest": "2"}),
        ("AWS::SSM::Parameter", {"Type": "String"}, {"Type": "StringList"}),
    ],
)
def test_an_accepted_update_is_not_reported(
    kind: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    assert refusals(kind, old, new) == []


def test_rules_for_every_type_name_the_key_of_a_database() -> None:
    old = {"DBInstanceIdentifier": "a", "DBName": "one"}
    (found,) = refused_updates(
        stack(Db=(DATABASE, old)), stack(Db=(DATABASE, {**old, "DBName": "two"}))
    )
    assert found.key == "database.name"


def network(cidr: str, *, named_proxy: bool = True) -> dict[str, Any]:
    subnet = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": cidr}
    subnets = {"VpcSubnetIds": [{"Ref": "Subnet"}]}
    return stack(
        Vpc=("AWS::EC2::VPC", {"CidrBlock": cidr}),
        Subnet=("AWS::EC2::Subnet", subnet),
        Group=("AWS::RDS::DBSubnetGroup", {"SubnetIds": [{"Ref": "Subnet"}]}),
        Proxy=(PROXY, {**subnets, **({"DBProxyName": "proxy"} if named_proxy else {})}),
    )


def test_a_new_block_of_the_vpc_is_refused_where_it_arrives() -> None:
    found = refused_updates(network("10.30.0.0/16"), network("10.31.0.0/16"))
    assert [(each.resource, each.property) for each in found] == [
        ("Group", "SubnetIds"),
        ("Proxy", "VpcSubnetIds"),
    ]
    assert not refused_updates(network("10.30.0.0/16"), network("10.30.0.0/16"))


def test_an_unnamed_resource_can_be_replaced_along_with_what_it_refers_to() -> None:
    found = refused_updates(
        network("10.30.0.0/16", named_proxy=False), network("10.31.0.0/16", named_proxy=False)
    )
    assert [each.resource for each in found] == ["Group"]


def subnets(**blocks: str) -> dict[str, Any]:
    return stack(
        Vpc=("AWS::EC2::VPC", {"CidrBlock": "10.30.0.0/16"}),
        **{
            name: ("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}, "CidrBlock": block})
            for name, block in blocks.items()
        },
    )


@pytest.mark.parametrize(
    ("head", "refused"),
    [
        (subnets(A="10.30.0.0/20", B="10.30.128.0/20"), ["A"]),
        (subnets(A="10.30.0.0/24", B="10.30.1.0/24", C="10.30.1.0/25"), ["C"]),
        (subnets(A="10.30.0.0/24", B="10.30.2.0/24"), []),
        (subnets(A="10.30.0.0/24"), []),
    ],
)
def test_a_subnet_that_is_created_must_not_overlap_a_deployed_one(
    head: dict[str, Any], refused: list[str]
) -> None:
    base = subnets(A="10.30.0.0/24", B="10.30.1.0/24")
    assert [each.resource for each in refused_updates(base, head)] == refused


def test_a_name_that_another_deployed_resource_has_is_refused() -> None:
    base = stack(Old=(STREAM, {"Name": "updates"}))
    (found,) = refused_updates(base, stack(New=(STREAM, {"Name": "updates"})))
    assert (found.resource, found.property, found.new) == ("New", "Name", "updates")
    assert not refused_updates(base, stack(New=(STREAM, {"Name": "other"})))
    assert not refused_updates(base, stack(New=(STREAM, {})))


def test_another_type_under_the_same_logical_id_is_refused_and_nothing_else_of_it() -> None:
    base = stack(R=(STREAM, {"Name": "updates", "ShardCount": 4}))
    (found,) = refused_updates(base, stack(R=(CUSTOM, {"ServiceToken": "arn", "ShardCount": 9})))
    assert (found.property, found.old, found.new) == ("Type", STREAM, CUSTOM)


def test_a_replaced_function_behind_a_custom_resource_is_refused() -> None:
    def migration(name: str) -> dict[str, Any]:
        return stack(
            Function=("AWS::Lambda::Function", {"FunctionName": name}),
            Schema=(CUSTOM, {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}}),
        )

    (found,) = refused_updates(migration("a"), migration("b"))
    assert (found.resource, found.property) == ("Schema", "ServiceToken")


def test_every_rule_states_its_reason_and_a_page_of_aws() -> None:
    assert len({(rule.type, rule.property, rule.reason) for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.reason
        assert rule.source.startswith("https://docs.aws.amazon.com/")


def test_every_rule_names_a_key_or_section_of_the_manifest() -> None:
    known = {*leaves(), *(key.partition(".")[0] for key in leaves())}
    named = {rule.key for rule in RULES if rule.key} | {*KEYS.values()}
    assert named <= known


def test_a_refusal_names_key_property_both_values_and_source() -> None:
    base = stack(Db=(DATABASE, {"AllocatedStorage": "100"}))
    (found,) = refused_updates(base, stack(Db=(DATABASE, {"AllocatedStorage": "50"})))
    text = str(found)
    assert text.startswith("database.storage_gib: AWS refuses Db.AllocatedStorage (AWS::RDS")
    assert "100 → 50" in text
    assert "https://docs.aws.amazon.com/AmazonRDS" in text


def test_a_protected_instance_is_left_behind_and_its_replacement_not_refused() -> None:
    (found,) = refused_updates(protected("Snapshot"), protected("Snapshot", name="b"))
    assert found.leaves_behind
    assert "AWS leaves Db (AWS::RDS::DBInstance) behind: RDS doesn't delete" in str(found)
    assert "refuses" not in str(found)


def test_every_rule_is_shown_to_bite() -> None:
    found = {
        refusal.reason
        for kind, old, new, _ in BITES
        for refusal in refused_updates(
            *(
                {"Resources": {"R": {"Type": kind, "Properties": each, **ONLINE}}}
                for each in (old, new)
            )
        )
    }
    for base, head in (
        (instances("17.9"), instances("17.10")),
        (network("10.30.0.0/16"), network("10.31.0.0/16")),
        (subnets(A="10.30.0.0/24"), subnets(A="10.30.0.0/20")),
        (stack(Old=(STREAM, {"Name": "a"})), stack(New=(STREAM, {"Name": "a"}))),
        (instances("17.10", EngineVersion="17.9"), instances("17.10", EngineVersion="17.8")),
        (instances("17.9", EngineVersion="17.9"), instances("17.9", EngineVersion="18.1")),
        (
            instances("17.9", replica=True),
            stack(
                Source=(DATABASE, {"DBInstanceIdentifier": "a", "BackupRetentionPeriod": 0}),
            ),
        ),
        (protected(None), stack()),
        (with_owner("owner"), with_owner("other")),
        (zones("a", "b"), zones("a", "c")),
        (stack(R=("AWS::SQS::Queue", {})), stack(R=("AWS::SNS::Topic", {}))),
    ):
        found |= {refusal.reason for refusal in refused_updates(base, head)}
    assert found == {rule.reason for rule in RULES}
