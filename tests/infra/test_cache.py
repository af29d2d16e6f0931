"""The cache."""

from __future__ import annotations

from pathlib import Path

import pytest

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
    parameters = maximal.properties("Cache/Parameters")["Properties"]
    assert parameters == {"cluster-enabled": "yes", "maxmemory-policy": "allkeys-lru"}
    variables = maximal.properties("Processor/Function")["Environment"]["Variables"]
    assert variables["CACHE_CLUSTER_MODE"] == "true"
    assert variables["CACHE_HOST"]["Fn::GetAtt"][1] == "ConfigurationEndPoint.Address"


def test_a_cluster_without_replicas_still_fails_over(tmp_path: Path) -> None:
    (found,) = templates_of(
        tmp_path, a_manifest(cache={"cluster_mode": True, "replicas_per_shard": 0})
    )
    group = found.properties("Cache/Group")
    assert group["AutomaticFailoverEnabled"] is True
    assert group["MultiAZEnabled"] is False


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
