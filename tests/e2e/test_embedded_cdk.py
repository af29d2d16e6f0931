"""The catalog's stacks, deployed to the embedded AWS with the CDK command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack import stack_name
from catalog_platform.local import launcher
from catalog_platform.local.state import Embedded
from catalog_platform.manifest import Manifests
from catalog_platform.release import deploy
from catalog_platform.workspace import Toolchain, Workspace
from support.bundles import stub_files, write_bundle
from support.embedded import client, eventually, start

pytestmark = [pytest.mark.e2e, pytest.mark.synth]

DEPLOY_SECONDS = 120.0

# Responds to CloudFormation as a custom resource, and uses the database.
MIGRATOR = """
import json, os, socket, urllib.request

def handle(event, context):
    address = os.environ["DATABASE_HOST"], int(os.environ["DATABASE_PORT"])
    socket.create_connection(address, timeout=5).close()
    names = ("StackId", "RequestId", "LogicalResourceId")
    answer = {name: event[name] for name in names}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": "schema"}
    body = json.dumps(answer).encode()
    request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT")
    urllib.request.urlopen(request, timeout=10).close()
"""
PROCESSOR = """
import os

def handle(event, context):
    print("got", len(event["Records"]), "for", os.environ["DATABASE_PORT"])
    return {"batchItemFailures": []}
"""
SILENT = "def handle(event, context): ..."
FUNCTIONS = ("inventory_processor", "schema_migrator", "failure_replayer", "catalog_reader")


@dataclass(frozen=True)
class Deployed:
    """A deployed environment."""

    embedded: Embedded
    outputs: dict[str, str]

    def credentials(self) -> dict[str, str]:
        secrets = client(self.embedded, "secretsmanager")
        found = secrets.get_secret_value(SecretId=self.outputs["DatabaseSecretArn"])
        return dict(json.loads(found["SecretString"]))

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        owner = self.credentials()
        return psycopg.connect(
            host=self.outputs["DatabaseEndpoint"],
            port=self.outputs["DatabasePort"],
            dbname=self.outputs["DatabaseName"],
            user=owner["username"],
            password=owner["password"],
        )


def build(folder: Path) -> list[Path]:
    """Build minimal bundles that a deployment accepts."""
    codes = (PROCESSOR, MIGRATOR, SILENT, SILENT)
    return [
        write_bundle(folder / f"{name}.zip", stub_files(name) | {f"{name}/handler.py": code})
        for name, code in zip(FUNCTIONS, codes, strict=True)
    ]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    found = Workspace(tmp_path_factory.mktemp("workspace"))
    yield found
    launcher.discard(found)


@pytest.fixture(scope="module")
def deployed(
    workspace: Workspace, examples: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Deployed]:
    """Deploy the smallest and the largest environment to one endpoint."""
    from catalog_platform.bundle import Bundles
    from catalog_platform.infra import app

    bundles = Bundles(*build(tmp_path_factory.mktemp("functions")))
    wanted = {name: Manifests(examples).load(name) for name in ("local", "production")}
    assembly = app.synthesise(
        {name: (manifest, bundles) for name, manifest in wanted.items()},
        tmp_path_factory.mktemp("assembly") / "cdk.out",
    )
    main, found = start(workspace), {}
    for name, manifest in wanted.items():
        where = manifest.environment
        embedded = replace(main, account=where.account, region=where.region)
        session = Session(where.region, embedded.aws_environment())
        deploy.bootstrap(Toolchain.installed(), session, where.account)
        deploy.deploy(Toolchain.installed(), session, assembly, name, timeout=DEPLOY_SECONDS)
        (stack,) = client(embedded, "cloudformation").describe_stacks(StackName=stack_name(name))[
            "Stacks"
        ]
        outputs = {out["OutputKey"]: out["OutputValue"] for out in stack["Outputs"]}
        found[name] = Deployed(embedded, outputs)
    return found


@pytest.mark.parametrize("name", ["local", "production"])
def test_the_owner_can_use_the_database_of_the_stack(
    deployed: dict[str, Deployed], name: str
) -> None:
    with deployed[name].connect() as connection:
        shown = connection.execute(
            "select current_user, rolsuper from pg_roles where rolname = current_user"
        ).fetchone()
    assert shown == (deployed[name].credentials()["username"], False)


def test_environments_on_one_endpoint_are_isolated(deployed: dict[str, Deployed]) -> None:
    one, other = deployed["local"].outputs, deployed["production"].outputs
    assert one["DatabaseName"] == other["DatabaseName"]
    assert one["DatabasePort"] != other["DatabasePort"]
    streams = client(deployed["local"].embedded, "kinesis").list_streams()["StreamNames"]
    assert streams == [one["StreamName"]]


def test_a_record_reaches_the_processor_before_and_after_a_restart(
    deployed: dict[str, Deployed], workspace: Workspace
) -> None:
    outputs = deployed["local"].outputs

    def put() -> None:
        client(deployed["local"].embedded, "kinesis").put_record(
            StreamName=outputs["StreamName"], Data=b"{}", PartitionKey="key"
        )

    def calls() -> int:
        logs_api = client(deployed["local"].embedded, "logs")
        groups = [g["logGroupName"] for g in logs_api.describe_log_groups()["logGroups"]]
        expected = f"got 1 for {outputs['DatabasePort']}"
        return sum(
            event["message"] == expected
            for group in groups
            for event in logs_api.filter_log_events(logGroupName=group)["events"]
        )

    put()
    eventually(lambda: calls() == 1)
    launcher.stop(workspace)
    start(workspace)
    for name in ("local", "production"):
        with deployed[name].connect() as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    put()
    eventually(lambda: calls() == 2)
