"""Everyday edits of a deployed database: the templates before and after, by the rules of AWS."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.refused_updates import refused_updates
from catalog_platform.aws.refused_updates.update import StackUpdate
from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth

ZONES = ["eu-west-1a", "eu-west-1b"]
# What each edit changes of the deployed `database`, and the zones.
EDITS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "deployed": ({}, ZONES),
    "replicas first": ({"replica_engine_version": "17.10"}, ZONES),
    "then the instance": ({"engine_version": "17.10"}, ZONES),
    "no replica": ({"read_replicas": 0}, ZONES),
    "major": (
        {"read_replicas": 0, "engine_version": "18.3", "allow_major_upgrade": True},
        ZONES,
    ),
    "accepted": (
        {
            "application_username": "other",
            "statement_audit": False,
            "storage_gib": 400,
            "maximum_storage_gib": 1000,
        },
        [*ZONES, "eu-west-1c"],
    ),
    "refused": (
        {"engine_version": "17.8", "username": "other", "backup_retention_days": 0},
        ["eu-west-1a", "eu-west-1c"],
    ),
    "replaced": ({"name": "other", "performance_insights": False}, ZONES),
}


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    """The template of each edit. They have the same name, so each has a folder of its own."""
    found = {}
    for name, (changes, zones) in EDITS.items():
        manifest = a_manifest(
            database={"read_replicas": 1, **changes}, network={"availability_zones": zones}
        )
        (found[name],) = templates_of(tmp_path_factory.mktemp("edit"), manifest)
    return found


def keys_of_refusals(base: Template, head: Template) -> set[str]:
    return {found.key for found in refused_updates(base.content, head.content)}


def test_a_minor_upgrade_takes_two_changes(stacks: dict[str, Template]) -> None:
    deployed, first, then = (
        stacks[name] for name in ("deployed", "replicas first", "then the instance")
    )
    assert keys_of_refusals(deployed, then) == {"database.engine_version"}
    assert keys_of_refusals(deployed, first) == set()
    assert keys_of_refusals(first, then) == set()
    for stack, versions in ((first, ("17.9", "17.10")), (then, ("17.10", "17.10"))):
        members = ("Database/Instance", "Database/Replica1")
        assert tuple(stack.properties(each)["EngineVersion"] for each in members) == versions


def test_a_replica_goes_and_comes_back(stacks: dict[str, Template]) -> None:
    deployed, without = stacks["deployed"], stacks["no replica"]
    assert keys_of_refusals(deployed, without) == keys_of_refusals(without, deployed) == set()
    removed = deployed.content["Resources"].keys() - without.content["Resources"].keys()
    kept = [
        name
        for name in removed
        if deployed.content["Resources"][name].get("DeletionPolicy", "Delete") != "Delete"
    ]
    assert removed
    assert kept == []


def test_a_replica_that_was_deployed_with_protection_loses_it_first(
    stacks: dict[str, Template],
) -> None:
    base = stacks["deployed"].content
    replica = base["Resources"][stacks["deployed"].logical_ids["Database/Replica1"]]
    replica["Properties"]["DeletionProtection"] = True
    try:
        (found,) = refused_updates(base, stacks["no replica"].content)
    finally:
        replica["Properties"]["DeletionProtection"] = False
    assert found.key == "database.deletion_protection"


def test_a_major_upgrade_is_made_on_purpose(stacks: dict[str, Template]) -> None:
    before, after = stacks["no replica"], stacks["major"]
    assert keys_of_refusals(before, after) == set()
    instance = after.properties("Database/Instance")
    assert (instance["EngineVersion"], instance["AllowMajorVersionUpgrade"]) == ("18.3", True)
    assert "AllowMajorVersionUpgrade" not in before.properties("Database/Instance")
    # The group is replaced by one of the new family, and the instance refers to it.
    update = StackUpdate.between(before.content, after.content)
    assert update.replaced[after.logical_ids["Database/Parameters"]] == ("Family",)
    assert after.properties("Database/Parameters")["Family"] == "postgres18"
    instance.pop("AllowMajorVersionUpgrade")
    try:
        assert keys_of_refusals(before, after) == {"database.engine_version"}
    finally:
        instance["AllowMajorVersionUpgrade"] = True


def test_a_zone_is_added_with_another_proxy(stacks: dict[str, Template]) -> None:
    before, after = stacks["deployed"], stacks["accepted"]
    assert keys_of_refusals(before, after) == set()
    replaced = StackUpdate.between(before.content, after.content).replaced
    assert "VpcSubnetIds" in replaced[after.logical_ids["Database/Proxy/Proxy"]]
    assert after.logical_ids["Database/Proxy/Targets"] in replaced
    names = [stack.properties("Database/Proxy/Proxy")["DBProxyName"] for stack in (before, after)]
    assert len({*names}) == 2
    for name, stack in zip(names, (before, after), strict=True):
        assert name.startswith("catalog-sample-")
        group = stack.properties("Logs/DatabaseProxy")["LogGroupName"]
        assert group == f"/aws/rds/proxy/{name}"
    # Going back creates the first name again, so nothing of it may remain.
    assert before.resource("Logs/DatabaseProxy")["UpdateReplacePolicy"] == "Delete"
    # Stores stay.
    assert after.logical_ids["Database/Instance"] not in replaced


def test_functions_that_are_not_updated_yet_can_log_in(stacks: dict[str, Template]) -> None:
    before, after = stacks["deployed"], stacks["accepted"]
    proxy = after.logical_ids["Database/Proxy/Proxy"]
    for function, role in (("Processor", "Role"), ("Reader", "ReadOnlyRole")):
        old, new = (
            next(
                path
                for path in stack.login_policies(f"{function}/{role}")
                if "DBProxyArn" in str(stack.statements(path))
            )
            for stack in (before, after)
        )
        # Another logical id: the new policy is created first, and the old one deleted last.
        assert old != new
        assert proxy in str(after.statements(new))
        function_waits_for = after.resource(f"{function}/Function")["DependsOn"]
        assert after.logical_ids[new] in function_waits_for
        assert after.logical_ids["Database/Proxy/Targets"] in function_waits_for


def test_a_static_parameter_comes_with_another_group(stacks: dict[str, Template]) -> None:
    before, after = stacks["deployed"], stacks["accepted"]
    replaced = StackUpdate.between(before.content, after.content).replaced
    assert replaced[after.logical_ids["Database/Parameters"]] == ("Description",)
    for member in ("Database/Instance", "Database/Replica1"):
        group = after.properties(member)["DBParameterGroupName"]
        assert group == after.ref("Database/Parameters")


def test_large_storage_states_its_baseline(stacks: dict[str, Template]) -> None:
    large = stacks["accepted"].properties("Database/Instance")
    assert (large["Iops"], large["StorageThroughput"]) == (12000, 500)
    assert not {"Iops", "StorageThroughput"} & {*stacks["deployed"].properties("Database/Instance")}


def test_what_rds_cannot_do_is_refused(stacks: dict[str, Template]) -> None:
    found = refused_updates(stacks["deployed"].content, stacks["refused"].content)
    assert {each.key for each in found if each.type != "AWS::EC2::Subnet"} == {
        "database.backup_retention_days",
        "database.engine_version",
        "database.username",
        "network.availability_zones",
    }
    # The other zone has the block of the one that it takes the place of.
    assert {each.key for each in found if each.type == "AWS::EC2::Subnet"} == {"network"}


def test_an_instance_is_not_replaced_under_its_name(stacks: dict[str, Template]) -> None:
    found = refused_updates(stacks["deployed"].content, stacks["replaced"].content)
    instance = stacks["deployed"].logical_ids["Database/Instance"]
    assert {(each.key, each.property) for each in found if each.resource == instance} == {
        ("database.name", "DBName"),
        ("database.deletion_protection", "DeletionProtection"),
    }
