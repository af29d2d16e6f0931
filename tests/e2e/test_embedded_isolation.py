"""What is reachable from outside the embedded AWS, and from inside a function."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psutil
import pytest

from catalog_platform.local.state import SUPERVISOR, Embedded
from support.embedded import ROLE, bundle, client, running

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        yield found


def test_everything_listens_on_loopback_only(embedded: Embedded) -> None:
    for part in embedded.parts:
        sockets = psutil.Process(part.pid).net_connections(kind="inet")
        addresses = [tuple(s.laddr) for s in sockets if s.status == psutil.CONN_LISTEN]
        expected = [] if part.name == SUPERVISOR else [("127.0.0.1", part.port)]
        assert addresses == expected, part.name


def test_a_function_has_none_of_the_emulators_variables(embedded: Embedded) -> None:
    code = (
        "import os, sys\n"
        "def handle(event, context):\n"
        "    return {'environment': dict(os.environ), 'path': sys.path,"
        " 'command': open(f'/proc/{os.getppid()}/cmdline').read()}\n"
    )
    functions = client(embedded, "lambda")
    functions.create_function(
        FunctionName="curious",
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handle",
        Code={"ZipFile": bundle(code)},
        Environment={"Variables": {"OWN": "value"}},
    )
    answer = json.loads(functions.invoke(FunctionName="curious")["Payload"].read())
    password = embedded.postgres_url.split(":")[2].split("@")[0]
    assert password not in json.dumps(answer)
    assert answer["environment"]["OWN"] == "value"
    foreign = {
        name
        for name in answer["environment"]
        if not name.startswith(("AWS_", "LAMBDA_", "_LAMBDA", "_X_AMZN", "_MINISTACK_INVOKE"))
    }
    assert foreign == {"PATH", "LANG", "TZ", "TMPDIR", "OWN"}
    assert not [entry for entry in answer["path"] if entry.endswith("site-packages")]


def test_a_function_with_a_missing_package_fails_as_on_aws(embedded: Embedded) -> None:
    functions = client(embedded, "lambda")
    functions.create_function(
        FunctionName="forgetful",
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handle",
        Code={"ZipFile": bundle("import boto3\nimport psycopg\n")},
    )
    answer = functions.invoke(FunctionName="forgetful")
    assert "psycopg" in json.loads(answer["Payload"].read())["errorMessage"]
