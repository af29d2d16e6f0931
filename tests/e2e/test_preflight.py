"""`catalogctl preflight` and the refusal of `catalogctl deploy` on an embedded AWS."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from catalog_platform import cli
from catalog_platform.local.state import Embedded
from catalog_platform.release import attestation
from support.embedded import ACCOUNT, REGION, client, eventually, running
from support.manifests import a_repository
from support.stacks import apply
from support.stuck_stacks import KEEP
from support.templates import assembly

pytestmark = pytest.mark.e2e

LOCAL = f"""\
environment:
  name: sample
  tier: development
  account: "{ACCOUNT}"
  region: {REGION}
network:
  cidr: 10.55.0.0/16
release:
  target: embedded
"""
GROUP = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/catalog/sample"}}
PARAMETER = {
    "Type": "AWS::SSM::Parameter",
    "Properties": {"Name": "/catalog/sample/key", "Type": "String", "Value": "x"},
}
ALIAS = {
    "Type": "AWS::KMS::Alias",
    "Properties": {"AliasName": "alias/catalog-sample", "TargetKeyId": {"Ref": "Key"}},
}
KEY = {"Type": "AWS::KMS::Key", "Properties": {}}
DASHBOARD = {
    "Type": "AWS::CloudWatch::Dashboard",
    "Properties": {"DashboardName": "catalog-sample", "DashboardBody": '{"widgets": []}'},
}
VAULT = {
    "Type": "AWS::Backup::BackupVault",
    "Properties": {"BackupVaultName": "catalog-sample"},
}
DATABASE = {
    "Type": "AWS::RDS::DBInstance",
    "Properties": {
        "DBInstanceIdentifier": "catalog-sample",
        "DBName": "catalog",
        "Engine": "postgres",
        "EngineVersion": "17.9",
        "DBInstanceClass": "db.t4g.micro",
        "AllocatedStorage": "20",
        "MasterUsername": "catalog",
        "MasterUserPassword": "not-a-secret",
    },
}
CACHE = {
    "Type": "AWS::ElastiCache::ReplicationGroup",
    "Properties": {
        "ReplicationGroupDescription": "cache",
        "Engine": "valkey",
        "CacheNodeType": "cache.t4g.micro",
        "NumNodeGroups": 1,
        "ReplicasPerNodeGroup": 0,
    },
}
TEMPLATE: Mapping[str, Any] = {
    "Alias": ALIAS,
    "Cache": CACHE,
    "Dashboard": DASHBOARD,
    "Database": DATABASE,
    "Group": GROUP,
    "Key": KEY,
    "Parameter": PARAMETER,
    "Vault": VAULT,
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_repository(tmp_path_factory.mktemp("workspace"), sample=LOCAL).root


@pytest.fixture(scope="module")
def embedded(root: Path) -> Iterator[Embedded]:
    with running(root) as found:
        yield found


def an_assembly(folder: Path, template: Mapping[str, Any], account: str = ACCOUNT) -> Path:
    """Write an assembly for the embedded AWS."""
    assembly(folder, sample=template)
    manifest = folder / "manifest.json"
    content = json.loads(manifest.read_text())
    content["artifacts"]["catalog-sample"]["environment"] = f"aws://{account}/{REGION}"
    manifest.write_text(json.dumps(content))
    return folder


def preflight(
    root: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    """Return the exit code, and status and message of the results by check."""
    capsys.readouterr()
    line = ["-C", str(root), "-q", "preflight", "sample", "--assembly", str(folder)]
    code = cli.main([*line, "--format", "json"])
    found: dict[str, list[tuple[str, str]]] = {}
    for each in json.loads(capsys.readouterr().out)["results"]:
        found.setdefault(each["check"], []).append((each["status"], each["message"]))
    return code, found


def test_the_account_is_looked_at_before_and_after_a_deployment(
    embedded: Embedded, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = an_assembly(tmp_path / "a", TEMPLATE)

    code, found = preflight(root, folder, capsys)
    assert code == 0
    assert found["names"] == [("passed", "6 new names are free")]
    assert found["account"][0][1].startswith(f"account {ACCOUNT}, region {REGION}")
    assert {status for status, _ in found["lambda-concurrency"]} == {"not checked"}

    # A deployment imports neither: a deletion of the stack would delete them.
    logs = client(embedded, "logs")
    logs.create_log_group(logGroupName="/catalog/sample")
    parameters = client(embedded, "ssm")
    parameters.put_parameter(Name="/catalog/sample/key", Value="x", Type="String")
    code, found = preflight(root, folder, capsys)
    assert code == 1
    assert sorted(message.split(" exists")[0] for _, message in found["names"]) == [
        "AWS::Logs::LogGroup /catalog/sample",
        "AWS::SSM::Parameter /catalog/sample/key",
    ]
    assert cli.main(["-C", str(root), "-q", "deploy", "sample", "--assembly", str(folder)]) == 1
    shown = capsys.readouterr().err
    assert "failed: names: environments/sample.yaml" in shown
    assert "sample: not deployed: 1 check of the account failed" in shown
    assert "not checked" not in shown
    logs.delete_log_group(logGroupName="/catalog/sample")
    parameters.delete_parameter(Name="/catalog/sample/key")

    apply(embedded, "catalog-sample", dict(TEMPLATE))
    code, found = preflight(root, folder, capsys)
    assert code == 0
    assert found["names"] == [("passed", "the stack adds no resource with a name")]
    assert found["database-operations"] == [("passed", "catalog-sample is available")]
    assert [status for status, _ in found["cache-operations"]] == ["passed"]

    renamed = {**TEMPLATE, "Renamed": GROUP}
    del renamed["Group"]
    code, found = preflight(root, an_assembly(tmp_path / "b", renamed), capsys)
    assert code == 1
    ((status, message),) = found["names"]
    assert status == "failed"
    assert "Renamed needs the name that Group of the same stack has" in message


def test_a_deleted_stack_is_deployed_again_with_what_it_left(
    embedded: Embedded, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    group = {**GROUP, **KEEP, "Properties": {"LogGroupName": "/again"}}
    vault = {**VAULT, **KEEP, "Properties": {"BackupVaultName": "again"}}
    key = {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Name": "/again", "Type": "String", "Value": "x"},
    }
    folder = an_assembly(tmp_path / "a", {"Group": group, "Vault": vault, "Key": key})
    attestation.write(folder, ["sample"])
    deploy = ["-C", str(root), "-q", "deploy", "sample", "--assembly", str(folder)]
    stacks, logs = client(embedded, "cloudformation"), client(embedded, "logs")
    with contextlib.suppress(ClientError):  # of another test
        delete(stacks)
    assert cli.main(deploy) == 0
    logs.create_log_stream(logGroupName="/again", logStreamName="kept")
    delete(stacks)
    capsys.readouterr()

    assert cli.main(deploy) == 0

    shown = capsys.readouterr().err
    assert shown.count("warning: names: ") == 2
    assert "AWS::Backup::BackupVault again exists" in shown
    (stack,) = stacks.describe_stacks(StackName="catalog-sample")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    found = stacks.list_stack_resources(StackName="catalog-sample")["StackResourceSummaries"]
    assert {"/again", "again"} <= {each["PhysicalResourceId"] for each in found}
    streams = logs.describe_log_streams(logGroupName="/again")["logStreams"]
    assert [each["logStreamName"] for each in streams] == ["kept"]
    delete(stacks)


def delete(stacks: Any) -> None:
    """Delete the stack as a person would, and wait for the end."""
    (stack,) = stacks.describe_stacks(StackName="catalog-sample")["Stacks"]
    stacks.delete_stack(StackName=stack["StackId"])

    def is_deleted() -> bool:
        (found,) = stacks.describe_stacks(StackName=stack["StackId"])["Stacks"]
        return bool(found["StackStatus"] == "DELETE_COMPLETE")

    eventually(is_deleted)


def test_an_assembly_of_another_account_is_the_only_thing_that_is_reported(
    embedded: Embedded, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = an_assembly(tmp_path / "a", TEMPLATE, account="999999999999")
    code, found = preflight(root, folder, capsys)
    assert code == 1
    assert [status for status, _ in found.pop("account")] == ["failed"]
    assert {status for results in found.values() for status, _ in results} == {"not checked"}
    assert embedded.account == ACCOUNT
