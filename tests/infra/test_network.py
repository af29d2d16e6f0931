"""The network: subnets, security group rules and endpoints."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def test_every_zone_has_a_subnet_of_each_tier(template: Template, maximal: Template) -> None:
    for found, zones, tiers in (
        (template, 2, ("Private", "Isolated")),
        (maximal, 3, ("Public", "Private", "Isolated")),
    ):
        assert len(found.all_of("AWS::EC2::Subnet")) == len(tiers) * zones
        for tier in tiers:
            for number in range(1, zones + 1):
                subnet = found.properties(f"Network/Vpc/{tier}Subnet{number}/Subnet")
                assert subnet["AvailabilityZone"] == f"eu-west-1{'abc'[number - 1]}"


def test_no_subnet_assigns_public_addresses(template: Template) -> None:
    for subnet in template.all_of("AWS::EC2::Subnet").values():
        assert subnet["MapPublicIpOnLaunch"] is False


def test_without_nat_there_is_no_internet_access(template: Template) -> None:
    for kind in ("NatGateway", "InternetGateway", "Route"):
        assert template.all_of(f"AWS::EC2::{kind}") == {}


def test_enabling_nat_moves_no_subnet(template: Template, tmp_path: Path) -> None:
    (found,) = templates_of(tmp_path, a_manifest(network={"nat_gateways": 1}))
    for path, logical_id in template.logical_ids.items():
        if template.resources.get(logical_id, {}).get("Type") == "AWS::EC2::Subnet":
            assert found.properties(path)["CidrBlock"] == template.properties(path)["CidrBlock"]
    assert found.has("Network/Vpc/PublicSubnet1/Subnet")


def test_nat_serves_only_the_private_subnets(maximal: Template) -> None:
    assert len(maximal.all_of("AWS::EC2::NatGateway")) == 2
    assert maximal.has("Network/Vpc/PrivateSubnet3/DefaultRoute")
    assert not maximal.has("Network/Vpc/IsolatedSubnet1/DefaultRoute")


def test_adding_a_zone_moves_no_subnet(template: Template, maximal: Template) -> None:
    for tier in ("Private", "Isolated"):
        for number in (1, 2):
            path = f"Network/Vpc/{tier}Subnet{number}/Subnet"
            assert (
                template.properties(path)["CidrBlock"] == maximal.properties(path)["CidrBlock"]
            ), path


def test_a_full_network_reserves_no_addresses(tmp_path: Path) -> None:
    (found,) = templates_of(
        tmp_path,
        a_manifest(network={"cidr": "10.99.0.0/24", "subnet_prefix_length": 27, "nat_gateways": 1}),
    )
    assert len(found.all_of("AWS::EC2::Subnet")) == 6


def test_no_security_group_allows_all_egress(template: Template) -> None:
    for group in template.all_of("AWS::EC2::SecurityGroup").values():
        for rule in group["SecurityGroupEgress"]:
            assert rule["IpProtocol"] != "-1"
            if rule["CidrIp"] == "0.0.0.0/0":
                assert (rule["FromPort"], rule["ToPort"]) == (443, 443)


def test_data_stores_have_no_egress(template: Template) -> None:
    for path in ("Database/SecurityGroup", "Cache/SecurityGroup"):
        (rule,) = template.properties(path)["SecurityGroupEgress"]
        assert rule["CidrIp"] == "255.255.255.255/32"


def test_only_functions_and_the_proxy_reach_data_stores(template: Template) -> None:
    def group(path: str) -> str:
        return template.logical_ids[f"{path}/SecurityGroup"]

    rules = {
        (rule["SourceSecurityGroupId"]["Fn::GetAtt"][0], rule["GroupId"]["Fn::GetAtt"][0]): rule[
            "FromPort"
        ]
        for rule in template.all_of("AWS::EC2::SecurityGroupIngress").values()
    }
    assert rules == {
        (group("Processor"), group("Database/Proxy")): 5432,
        (group("Processor"), group("Cache")): 6379,
        (group("Database/Proxy"), group("Database")): 5432,
        (group("Database/Rotation"), group("Database")): 5432,
        (group("Database/Schema"), group("Database")): 5432,
        (group("Reader"), group("Database/Proxy")): 5432,
        (group("Reader"), group("Cache")): 6379,
    }


def client_rules(template: Template) -> set[tuple[str, str | None, str, int]]:
    """Return group, account, target and port of the rules for groups outside the stack."""
    return {
        (
            rule["SourceSecurityGroupId"],
            rule.get("SourceSecurityGroupOwnerId"),
            rule["GroupId"]["Fn::GetAtt"][0],
            rule["FromPort"],
        )
        for rule in template.all_of("AWS::EC2::SecurityGroupIngress").values()
        if isinstance(rule["SourceSecurityGroupId"], str)
    }


def test_clients_of_other_stacks_reach_the_stores_that_list_them(tmp_path: Path) -> None:
    own, foreign = "sg-0123456789abcdef0", "222222222222/sg-0123456789abcdef1"
    (found,) = templates_of(
        tmp_path,
        a_manifest(
            database={"client_security_groups": [own, foreign]},
            cache={"client_security_groups": [own]},
        ),
    )
    database, proxy, cache = (
        found.logical_ids[f"{path}/SecurityGroup"]
        for path in ("Database", "Database/Proxy", "Cache")
    )
    other = "sg-0123456789abcdef1"
    assert client_rules(found) == {
        (own, None, database, 5432),
        (own, None, proxy, 5432),
        (other, "222222222222", database, 5432),
        (other, "222222222222", proxy, 5432),
        (own, None, cache, 6379),
    }


def test_another_list_of_clients_touches_no_rule_of_the_others(tmp_path: Path) -> None:
    one, two = "sg-0123456789abcdef0", "sg-0123456789abcdef1"
    base, head = (
        a_manifest(
            environment={"name": name}, cache={"port": 6380, "client_security_groups": groups}
        )
        for name, groups in (("one", [one, two]), ("two", [two]))
    )
    both, second = templates_of(tmp_path, base, head)
    kept = {
        logical_id: rule
        for logical_id, rule in both.all_of("AWS::EC2::SecurityGroupIngress").items()
        if rule["SourceSecurityGroupId"] != one
    }
    assert kept == second.all_of("AWS::EC2::SecurityGroupIngress")


def test_the_reader_reaches_replicas_past_the_proxy(
    template: Template, maximal: Template, tmp_path: Path
) -> None:
    (direct,) = templates_of(tmp_path, a_manifest(database={"proxy": False, "read_replicas": 1}))
    path = "Network/ReaderToReplicasIngress"
    assert not template.has(path)
    assert not direct.has(path)
    rule = maximal.properties(path)
    assert rule["GroupId"]["Fn::GetAtt"][0] == maximal.logical_ids["Database/SecurityGroup"]
    assert (
        rule["SourceSecurityGroupId"]["Fn::GetAtt"][0]
        == (maximal.logical_ids["Reader/SecurityGroup"])
    )
    assert rule["FromPort"] == rule["ToPort"] == 5432
    replica = maximal.properties("Database/Replica1")
    assert replica["VPCSecurityGroups"][0] == {
        "Fn::GetAtt": [rule["GroupId"]["Fn::GetAtt"][0], "GroupId"]
    }


OWN_ACCOUNT = {
    "StringEquals": {
        "aws:PrincipalAccount": "123456789012",
        "aws:ResourceAccount": "123456789012",
    }
}


def test_s3_endpoint_allows_only_what_the_functions_do_with_their_buckets(
    template: Template, minimal: Template
) -> None:
    for found in (template, minimal):
        endpoint = found.properties("Network/Vpc/StorageEndpoint")
        assert endpoint["VpcEndpointType"] == "Gateway"
        mailbox, *ours = endpoint["PolicyDocument"]["Statement"]
        assert mailbox["Action"] == "s3:PutObject"
        assert mailbox["Resource"] == (
            "arn:aws:s3:::cloudformation-custom-resource-response-euwest1/*"
        )
        archive, letters = found.arn("Archive/Bucket"), found.arn("DeadLetters/Bucket")
        written = [(archive, "inventory"), (letters, "malformed"), (letters, "replayed")]
        assert [(each["Action"], each["Resource"]) for each in ours] == [
            (
                "s3:PutObject",
                [{"Fn::Join": ["", [bucket, f"/{prefix}/*"]]} for bucket, prefix in written],
            ),
            ("s3:GetObject", {"Fn::Join": ["", [letters, "/*"]]}),
            ("s3:ListBucket", letters),
        ]
        assert all(each["Condition"] == OWN_ACCOUNT for each in ours)


def test_every_endpoint_has_a_policy_that_holds_to_this_account(maximal: Template) -> None:
    endpoints = maximal.all_of("AWS::EC2::VPCEndpoint").values()
    assert len(endpoints) == 3
    for endpoint in endpoints:
        for statement in endpoint["PolicyDocument"]["Statement"]:
            assert statement["Action"] not in ("*", ["*"])
            if "cloudformation-custom-resource-response" in str(statement["Resource"]):
                continue
            identity = statement["Condition"]["StringEquals"]["aws:PrincipalAccount"]
            assert identity == "123456789012"
            if statement["Action"] != "secretsmanager:GetRandomPassword":
                assert statement["Condition"] == OWN_ACCOUNT


def test_endpoint_policies_name_the_actions_of_their_service(tmp_path: Path) -> None:
    services = ["kinesis-streams", "monitoring", "sqs"]
    (found,) = templates_of(tmp_path, a_manifest(network={"interface_endpoints": services}))
    actions = [
        found.properties(f"Network/Vpc/{name}Endpoint")["PolicyDocument"]["Statement"][0]["Action"]
        for name in ("KinesisStreams", "Monitoring", "Sqs")
    ]
    assert actions == ["kinesis:*", "cloudwatch:*", "sqs:*"]


def test_interface_endpoints_follow_the_manifest(template: Template, minimal: Template) -> None:
    for path in ("Network/Vpc/SecretsmanagerEndpoint", "Network/Vpc/SqsEndpoint"):
        endpoint = template.properties(path)
        assert endpoint["VpcEndpointType"] == "Interface"
        assert endpoint["PrivateDnsEnabled"] is True
    assert len(template.all_of("AWS::EC2::VPCEndpoint")) == 3
    assert len(minimal.all_of("AWS::EC2::VPCEndpoint")) == 1


def test_flow_logs_go_to_an_encrypted_log_group(template: Template) -> None:
    log = template.properties("Network/FlowLog/FlowLog")
    assert log["TrafficType"] == "ALL"
    assert log["LogGroupName"] == template.ref("Logs/Flow")
    trust = template.properties("Network/FlowLogRole")["AssumeRolePolicyDocument"]["Statement"]
    assert trust[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
