from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.isolation import isolated
from support.manifests import ROOT

CHECKS = ROOT / "policies" / "checks"


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    with isolated():
        yield


def evaluated(name: str, kind: str, **properties: object) -> tuple[tuple[str, ...], frozenset[str]]:
    from checkov.common.checks_infra.registry import get_graph_checks_registry

    from catalog_platform.policy import graph_paths

    parser = get_graph_checks_registry("cloudformation").parser
    raw = yaml.safe_load((CHECKS / name).read_text())
    resource = Resource(logical_id="X", type=kind, path="X", attributes={}, properties=properties)
    check = parser.parse_raw_check(raw, resources_types=None, check_path=name)
    return graph_paths.evaluated(check, resource)


def test_an_attribute_of_the_resource_is_a_path_also_if_it_is_not_set() -> None:
    kind = "AWS::Lambda::EventSourceMapping"
    paths, connected = evaluated("stream_mapping_isolates_bad_records.yaml", kind)
    assert paths
    assert kind not in connected


def test_a_path_ends_at_the_last_property_that_is_set() -> None:
    name, kind = "function_writes_to_its_own_log_group.yaml", "AWS::Lambda::Function"
    assert evaluated(name, kind)[0] == ("LoggingConfig",)
    assert evaluated(name, kind, LoggingConfig={"LogFormat": "JSON"})[0] == ("LoggingConfig",)
    logged = {"LogGroup": {"Ref": "Logs"}}
    assert evaluated(name, kind, LoggingConfig=logged)[0] == ("LoggingConfig/LogGroup",)


def test_an_attribute_of_a_connected_resource_is_none_of_the_resource() -> None:
    paths, connected = evaluated("database_requires_tls.yaml", "AWS::RDS::DBInstance")
    assert "AWS::RDS::DBParameterGroup" in connected
    assert not any("force_ssl" in each for each in paths)
