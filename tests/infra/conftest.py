"""Templates that are synthesized once per session."""

from __future__ import annotations

import pytest

from support.models import a_manifest
from support.synthesis import Template, templates_of


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template of the complete sample manifest."""
    (found,) = templates_of(tmp_path_factory.mktemp("sample"), a_manifest())
    return found


@pytest.fixture(scope="session")
def minimal(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template of a manifest with all optional features disabled."""
    (found,) = templates_of(
        tmp_path_factory.mktemp("minimal"),
        a_manifest(
            environment={"name": "minimal"},
            network={"interface_endpoints": []},
            stream={"mode": "on_demand", "shards": None, "on_removal": "destroy"},
            processor={"reserved_concurrency": None, "tracing": False},
            database={
                "require_tls": False,
                "statement_audit": False,
                "performance_insights": False,
                "monitoring_interval_seconds": 0,
                "multi_az": False,
                "deletion_protection": False,
                "identifier": None,
                "authentication": "password",
                "secret_rotation_days": None,
                "proxy": False,
                "on_removal": "destroy",
            },
            cache={
                "replicas_per_shard": 0,
                "automatic_failover": False,
                "transit_encryption": "off",
                "authentication": False,
                "snapshot_retention_days": 0,
            },
            archive={
                "intelligent_tiering_after_days": None,
                "glacier_after_days": None,
                "deep_archive_after_days": None,
                "on_removal": "destroy",
            },
            alarms={"subscriptions": [], "dashboard": False, "minimum_severity": "off"},
            replayer={"enabled": False},
            reader={"enabled": False},
            audit={"trail": False, "access_logs": False},
            backup={"enabled": False},
            release={"termination_protection": False, "discovery_parameters": False},
        ),
    )
    return found


@pytest.fixture(scope="session")
def maximal(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template of a large environment: three zones, NAT, shards, replicas, object lock."""
    (found,) = templates_of(
        tmp_path_factory.mktemp("maximal"),
        a_manifest(
            environment={"name": "maximal"},
            network={
                "availability_zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
                "nat_gateways": 2,
            },
            database={"read_replicas": 2},
            cache={
                "engine": "redis",
                "engine_version": "7.1",
                "cluster_mode": "enabled",
                "shards": 4,
                "replicas_per_shard": 2,
            },
            archive={"object_lock": "compliance"},
        ),
    )
    return found
