"""Our graph has the same content as checkov's own, and so have the verdicts."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy.isolation import isolated
from catalog_platform.policy.verdicts import TemplateScan
from support import templates
from support.manifests import ROOT

FIXTURES = sorted((ROOT / "tests" / "policies").glob("CKV_CATALOG_*/*.json"))
PRODUCTION = ROOT / "tests" / "golden" / "production.json"
# Every way in which a value refers to another one, also to one that refers to a third.
REFERENCES: dict[str, Any] = {
    "Globals": {"Function": {"Timeout": 9, "Environment": {"Variables": {"A": {"Ref": "Size"}}}}},
    "Parameters": {
        "Size": {"Type": "String", "Default": "small"},
        "Open": {"Type": "String", "Default": "0.0.0.0/0"},
        "Without": {"Type": "String"},
    },
    "Mappings": {"Sizes": {"prod": {"db": "large", "encrypted": "false"}}},
    "Conditions": {
        "IsSmall": {"Fn::Equals": [{"Ref": "Size"}, "small"]},
        "IsProd": {"Fn::Equals": ["prod", "prod"]},
        "Never": {"Fn::Equals": ["a", "b"]},
        "Neither": {"Fn::Not": [{"Condition": "IsSmall"}]},
        "Both": {"Fn::And": [{"Condition": "IsSmall"}, {"Condition": "IsProd"}]},
        "One": {"Fn::Or": [{"Condition": "IsSmall"}, {"Fn::Equals": ["a", "b"]}]},
    },
    "Resources": {
        "Key": {"Type": "AWS::KMS::Key", "Condition": "IsProd", "Properties": {"Description": "d"}},
        "Gone": {"Type": "AWS::KMS::Key", "Condition": "Neither", "Properties": {}},
        "Database": {
            "Type": "AWS::RDS::DBInstance",
            "DependsOn": ["Key", "Bucket"],
            "Properties": {
                "DBInstanceClass": {"Fn::FindInMap": ["Sizes", "prod", "db"]},
                "StorageEncrypted": {"Fn::FindInMap": ["Sizes", "prod", "encrypted"]},
                "PubliclyAccessible": {"Fn::If": ["Both", True, False]},
                "Engine": {"Fn::If": ["One", "postgres", {"Fn::If": ["IsProd", "mysql", "x"]}]},
                # Its inner condition is read before and after its own reference is resolved.
                "EngineVersion": {"Fn::If": ["Never", "1", {"Fn::If": ["IsSmall", "15", "16"]}]},
                "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
                "DBName": {"Fn::Sub": "${Size}-${Without}-${Key.Description}"},
                "MasterUsername": {"Fn::Join": ["-", [{"Ref": "Size"}, "user"]]},
                "MonitoringRoleArn": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:r"},
                "MasterUserPassword": {"Fn::Sub": '{"AWS::Region": ["${AWS::Region}"]}'},
                "VPCSecurityGroups": {"Fn::Join": [",", ["a", {"Ref": "Group"}]]},
                "Domain": {"Fn::Select": [1, [{"a": "b"}, {"c": {"d": "e"}}]]},
                "AvailabilityZone": {"Fn::Select": [0, ["a", "b"]]},
                "Tags": [{"Key": "size", "Value": {"Ref": "Size"}}, {"": "empty", "Key": "k"}],
            },
        },
        "Copy": {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {
                "DBInstanceClass": {"Fn::GetAtt": ["Database", "DBInstanceClass"]},
                "DBName": {"Fn::GetAtt": ["Database", "DBName"]},
                "Engine": {"Fn::Sub": ["${a}-${Size}", {"a": "x"}]},
                "parent_metadata": {"Ref": "Size"},
            },
        },
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketName": {"Fn::Sub": "${AWS::AccountId}-b"},
                "Tags": [{"Key": "a"}],
            },
        },
        "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Bucket"},
                "PolicyDocument": {
                    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*"}]
                },
            },
        },
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "SecurityGroupIngress": [
                    {"CidrIp": {"Ref": "Open"}, "FromPort": 22, "IpProtocol": "tcp", "ToPort": 22}
                ]
            },
        },
        "Function": {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "python3.12"}},
    },
    "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Database", "DBName"]}}},
}


def contents(step: int) -> dict[str, str]:
    """Return the templates to compare by name, and of the fixtures each of `step`."""
    files = {f"{file.parent.name}-{file.stem}": file.read_text() for file in FIXTURES[::step]}
    return {**files, "production": PRODUCTION.read_text(), "references": json.dumps(REFERENCES)}


@pytest.fixture
def engine() -> Iterator[None]:
    with isolated():
        yield


def state(graph: Any) -> Any:
    """Return all that checkov reads of a graph, and the hashes over it."""
    vertices = [
        (each.id, each.condition, each.config, each.attributes, each.breadcrumbs, each.get_hash())
        for each in graph.vertices
    ]
    edges = [(each.origin, each.dest, each.label) for each in graph.edges]
    return vertices, edges


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_the_graph_is_that_of_checkov(step: int, tmp_path: Path) -> None:
    from checkov.cloudformation.cfn_utils import create_definitions
    from checkov.cloudformation.graph_manager import CloudformationGraphManager
    from checkov.common.graph.db_connectors.networkx.networkx_db_connector import NetworkxConnector

    from catalog_platform.policy.checkov_graph import GraphManager, without_copies

    edges = 0
    for name, text in contents(step).items():
        file = tmp_path / f"{name}.json"
        file.write_text(text)
        made = []
        for manager, reading in (
            (CloudformationGraphManager, contextlib.nullcontext),
            (GraphManager, without_copies),
        ):
            with reading():
                definitions, _ = create_definitions(None, [str(file)])
            graph = manager(db_connector=NetworkxConnector())
            made.append(state(graph.build_graph_from_definitions(definitions)))
        equal = made[0] == made[1]  # a difference of large values takes minutes to print
        assert equal, name
        edges += len(made[0][1])
    assert edges > 500


@pytest.mark.usefixtures("engine")
def test_the_verdicts_are_those_with_checkov_s_own_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from checkov.cloudformation.graph_manager import CloudformationGraphManager

    from catalog_platform.policy import checkov_engine, checkov_graph, registration

    texts = {"references": json.dumps(REFERENCES), "production": PRODUCTION.read_text()}
    assembly = templates.assembly(tmp_path, **texts)
    stacks, _ = assemblies.read(assembly, [*texts])

    def scanned() -> list[TemplateScan]:
        with registration.registered(ROOT / "policies" / "checks") as (policies, problems, _):
            assert not problems
            return [checkov_engine.scan(stack, policies) for stack in stacks]

    ours = scanned()
    monkeypatch.setattr(checkov_graph, "GraphManager", CloudformationGraphManager)
    monkeypatch.setattr(checkov_graph, "without_copies", contextlib.nullcontext)
    equal = scanned() == ours
    assert equal
    failed = {each.policy for each in ours[0].verdicts if each.outcome.value == "failed"}
    assert {"CKV_AWS_16", "CKV_AWS_24"} <= failed


@pytest.mark.usefixtures("engine")
def test_attributes_are_read_again_after_an_update(tmp_path: Path) -> None:
    from checkov.cloudformation.cfn_utils import create_definitions

    from catalog_platform.policy.checkov_graph import Graph

    file = tmp_path / "template.json"
    file.write_text(json.dumps(REFERENCES))
    graph = Graph(create_definitions(None, [str(file)])[0])
    graph.build_graph(render_variables=False)
    index = next(i for i, each in enumerate(graph.vertices) if each.name.endswith(".Copy"))
    assert graph.get_vertex_attributes_by_index(index)["DBName"] != "new"
    graph.update_vertex_attribute(index, "DBName", "new", None, None)
    assert graph.get_vertex_attributes_by_index(index)["DBName"] == "new"
    graph.vertices[index].attributes["DBName"] = "newer"
    graph.update_vertices_configs()
    assert graph.get_vertex_attributes_by_index(index)["DBName"] == "newer"
