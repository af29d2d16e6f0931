"""The cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.aws.refused_updates import refused_updates
from catalog_platform.aws.refused_updates.update import StackUpdate
from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def test_connections_are_encrypted_and_authenticated(template: Template) -> None:
    group = template.properties("Cache/Group")
    assert group["TransitEncryptionEnabled"] is True
    assert group["AtRestEncryptionEnabled"] is True
    assert group["AuthToken"]["Fn::Join"][1] == [
        "{{resolve:secretsmanager:",
        template.ref("Cache/Secret"),
        ":SecretString:::}}",
    ]


def test_without_authentication_there_is_no_token(minimal: Template) -> None:
    assert "AuthToken" not in minimal.properties("Cache/Group")
    assert not minimal.has("Cache/Secret")
    variables = minimal.properties("Processor/Function")["Environment"]["Variables"]
    assert variables["CACHE_SECRET_ARN"] == ""


def test_a_replica_takes_over_in_another_zone(template: Template, minimal: Template) -> None:
    group = template.properties("Cache/Group")
    assert (group["NumNodeGroups"], group["ReplicasPerNodeGroup"]) == (1, 1)
    assert group["AutomaticFailoverEnabled"] is True
    assert group["MultiAZEnabled"] is True
    alone = minimal.properties("Cache/Group")
    assert alone["AutomaticFailoverEnabled"] is False
    assert alone["MultiAZEnabled"] is False


def test_cluster_mode_configures_group_parameters_and_clients(maximal: Template) -> None:
    group = maximal.properties("Cache/Group")
    assert (group["ClusterMode"], group["NumNodeGroups"]) == ("enabled", 4)
    parameters = maximal.properties("Cache/ClusterParameters")["Properties"]
    assert parameters == {"cluster-enabled": "yes", "maxmemory-policy": "allkeys-lru"}
    variables = maximal.properties("Processor/Function")["Environment"]["Variables"]
    assert variables["CACHE_CLUSTER_MODE"] == "true"
    assert variables["CACHE_HOST"]["Fn::GetAtt"][1] == "ConfigurationEndPoint.Address"


def test_shards_are_added_while_the_cluster_serves_clients(maximal: Template) -> None:
    assert maximal.resource("Cache/Group")["UpdatePolicy"] == {"UseOnlineResharding": True}


EDITS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "to compatible": ({}, {"cluster_mode": "compatible"}),
    "to enabled": ({"cluster_mode": "compatible"}, {"cluster_mode": "enabled"}),
    "more shards": ({"cluster_mode": "enabled"}, {"cluster_mode": "enabled", "shards": 3}),
    "more replicas": ({}, {"replicas_per_shard": 2}),
    "a first replica": (
        {"replicas_per_shard": 0, "automatic_failover": False},
        {"replicas_per_shard": 1, "automatic_failover": False},
    ),
    "to preferred": (
        {"transit_encryption": "off", "authentication": False},
        {"transit_encryption": "preferred", "authentication": False},
    ),
    "to required": (
        {"transit_encryption": "preferred", "authentication": False},
        {"transit_encryption": "required", "authentication": False},
    ),
}
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "enabled at once": ({}, {"cluster_mode": "enabled"}, "cache.cluster_mode"),
    "enabled with shards": (
        {"cluster_mode": "compatible"},
        {"cluster_mode": "enabled", "shards": 2},
        "cache.cluster_mode",
    ),
    "a first replica with failover": (
        {"replicas_per_shard": 0, "automatic_failover": False},
        {"replicas_per_shard": 1, "automatic_failover": True},
        "cache.automatic_failover",
    ),
    "TLS required at once": (
        {"transit_encryption": "off", "authentication": False},
        {"transit_encryption": "required", "authentication": False},
        "cache.transit_encryption",
    ),
}


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, Any]], Template]:
    """Return the template with some keys of the cache changed; each is synthesised once."""
    found: dict[str, Template] = {}

    def template_with(keys: dict[str, Any]) -> Template:
        name = repr(sorted(keys.items()))
        if name not in found:
            folder = tmp_path_factory.mktemp("edited")
            (found[name],) = templates_of(folder, a_manifest(cache=keys))
        return found[name]

    return template_with


@pytest.mark.parametrize("edit", EDITS)
def test_an_everyday_edit_changes_the_deployed_group(
    edited: Callable[[dict[str, Any]], Template], edit: str
) -> None:
    base, head = (edited(keys).content for keys in EDITS[edit])
    assert refused_updates(base, head) == ()
    group = edited(EDITS[edit][1]).logical_ids["Cache/Group"]
    assert group not in StackUpdate.between(base, head).replaced


@pytest.mark.parametrize("edit", REFUSED)
def test_an_edit_that_needs_two_deployments_is_refused(
    edited: Callable[[dict[str, Any]], Template], edit: str
) -> None:
    base, head, key = REFUSED[edit]
    found = refused_updates(edited(base).content, edited(head).content)
    assert {each.key for each in found} == {key}


def test_a_first_token_or_no_token_replaces_the_group(
    edited: Callable[[dict[str, Any]], Template],
) -> None:
    one, other = edited({}), edited({"authentication": False})
    group = one.logical_ids["Cache/Group"]
    for base, head in ((one, other), (other, one)):
        found = StackUpdate.between(base.content, head.content)
        assert found.replaced[group] == ("AuthToken",)


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [
        ("valkey", "7.2", "valkey7"),
        ("valkey", "8.1", "valkey8"),
        ("redis", "7.1", "redis7"),
        ("redis", "6.2", "redis6.x"),
        ("redis", "5.0", "redis5.0"),
    ],
)
def test_the_parameter_family_follows_engine_and_version(
    tmp_path: Path, engine: str, version: str, family: str
) -> None:
    (found,) = templates_of(
        tmp_path, a_manifest(cache={"engine": engine, "engine_version": version})
    )
    assert found.properties("Cache/Parameters")["CacheParameterGroupFamily"] == family


def test_it_is_in_isolated_subnets_without_a_physical_name(template: Template) -> None:
    assert template.properties("Cache/Subnets")["SubnetIds"] == [
        template.ref(f"Network/Vpc/IsolatedSubnet{number}/Subnet") for number in (1, 2)
    ]
    assert "ReplicationGroupId" not in template.properties("Cache/Group")


def test_removal_policy_depends_on_snapshots(template: Template, minimal: Template) -> None:
    assert template.properties("Cache/Group")["SnapshotRetentionLimit"] == 7
    assert template.resource("Cache/Group")["DeletionPolicy"] == "Snapshot"
    assert minimal.resource("Cache/Group")["DeletionPolicy"] == "Delete"
