"""Who can drive a local endpoint: its owner with the session token, no other user, no web page."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import psycopg
import pytest
import redis
from botocore.config import Config
from botocore.exceptions import ClientError

from catalog_platform.local import launcher, logs, status
from catalog_platform.local.layout import Layout
from catalog_platform.local.state import Embedded
from catalog_platform.workspace import Workspace
from support.embedded import ROLE, bundle, client, eventually, pipe, running

pytestmark = pytest.mark.e2e

TOKEN = "X-Amz-Security-Token"
UNKNOWN_SECRET = "0" * 36


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def embedded(root: Path) -> Iterator[Embedded]:
    # The umask of most machines: what is private must not depend on it.
    before = os.umask(0o022)
    try:
        with running(root) as found:
            yield found
    finally:
        os.umask(before)


def call(
    embedded: Embedded, method: str, path: str, **headers: str
) -> tuple[int, Mapping[str, str], bytes]:
    address = urlsplit(embedded.endpoint_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=b"" if method != "GET" else None, headers=named)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def with_token(embedded: Embedded) -> dict[str, str]:
    return {TOKEN.replace("-", "_"): embedded.session_token}


def stranger(embedded: Embedded, service: str, token: str | None) -> Any:
    return boto3.session.Session().client(
        service,
        endpoint_url=embedded.endpoint_url,
        region_name=embedded.region,
        aws_access_key_id=embedded.account,
        aws_secret_access_key="test",
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("iam", "list_users", "InvalidClientTokenId"),
        ("sqs", "list_queues", "InvalidClientTokenId"),
        ("cloudformation", "list_stacks", "InvalidClientTokenId"),
        ("cloudwatch", "list_metrics", "InvalidClientTokenId"),
        ("route53", "list_hosted_zones", "InvalidClientTokenId"),
        ("secretsmanager", "list_secrets", "UnrecognizedClientException"),
        ("ssm", "describe_parameters", "UnrecognizedClientException"),
        ("kinesis", "list_streams", "UnrecognizedClientException"),
        ("logs", "describe_log_groups", "UnrecognizedClientException"),
        ("lambda", "list_functions", "UnrecognizedClientException"),
        ("backup", "list_backup_plans", "UnrecognizedClientException"),
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("s3", "list_buckets", "InvalidToken"),
    ],
)
def test_without_the_token_each_protocol_answers_with_its_own_error(
    embedded: Embedded, service: str, operation: str, code: str
) -> None:
    for token in (None, "wrong", embedded.session_token[:-1], embedded.session_token + "x"):
        with pytest.raises(ClientError) as refused:
            getattr(stranger(embedded, service, token), operation)()
        assert refused.value.response["Error"]["Code"] == code
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 401, 403)
    getattr(client(embedded, service), operation)()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/health"),
        ("GET", "/_localstack/health"),
        ("GET", "/_ministack/health"),
        ("GET", "/_ministack/ready"),
        ("GET", "/_ministack/ses/messages"),
        ("GET", "/_ministack/lambda-code/000000000001/us-east-1/x"),
        ("GET", "/latest/meta-data/iam/security-credentials/"),
        ("POST", "/_ministack/reset"),
        ("POST", "/_ministack/config"),
        ("POST", "/_ministack/rds/iam-auth"),
        ("POST", "/?Action=GetCallerIdentity"),
        ("PUT", f"/_ministack/cfn-response/{UNKNOWN_SECRET}"),
        ("PUT", f"/_ministack/cfn-signal/{UNKNOWN_SECRET}"),
        ("GET", f"/_aws/lambda-url/{'a' * 32}/"),
        ("GET", "/oauth2/authorize"),
        ("OPTIONS", "/"),
        ("HEAD", "/"),
    ],
)
def test_no_side_door_is_open(embedded: Embedded, method: str, path: str) -> None:
    status_, headers, body = call(embedded, method, path)
    assert status_ == 403
    assert not [name for name in headers if name.lower().startswith("access-control")]
    assert embedded.session_token.encode() not in body


@pytest.mark.parametrize(
    "foreign",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:{port}"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "{endpoint}"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Referer": "http://evil.example/"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_a_web_page_is_refused_even_with_the_token(
    embedded: Embedded, foreign: dict[str, str], method: str
) -> None:
    port = urlsplit(embedded.endpoint_url).port
    sent = {k: v.format(port=port, endpoint=embedded.endpoint_url) for k, v in foreign.items()}
    for path in ("/", "/_ministack/reset", f"/_ministack/cfn-response/{UNKNOWN_SECRET}"):
        status_, headers, _ = call(embedded, method, path, **with_token(embedded), **sent)
        assert status_ == 403
        assert not [name for name in headers if name.lower().startswith("access-control")]


def test_no_answer_is_open_to_pages(embedded: Embedded) -> None:
    for method, path in (("GET", "/"), ("OPTIONS", "/"), ("GET", "/_ministack/health")):
        status_, headers, _ = call(embedded, method, path, **with_token(embedded))
        assert status_ == 200
        assert not [name for name in headers if name.lower().startswith("access-control")]


def test_a_web_socket_is_refused(embedded: Embedded) -> None:
    handshake = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    handshake["Sec_WebSocket_Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
    assert call(embedded, "GET", "/_aws/execute-api/abcdef12/prod", **handshake)[0] == 403


def test_a_signed_url_carries_the_token(embedded: Embedded) -> None:
    storage = client(embedded, "s3")
    storage.create_bucket(Bucket="signed")
    storage.put_object(Bucket="signed", Key="a", Body=b"content")
    url = storage.generate_presigned_url("get_object", {"Bucket": "signed", "Key": "a"})
    path = url.removeprefix(embedded.endpoint_url)
    assert call(embedded, "GET", path)[::2] == (200, b"content")
    assert call(embedded, "GET", path.replace(embedded.session_token, "wrong"))[0] == 400


def test_a_large_upload_that_is_refused_gets_its_answer(embedded: Embedded) -> None:
    with pytest.raises(ClientError, match="InvalidToken"):
        stranger(embedded, "s3", None).put_object(Bucket="b", Key="k", Body=b"x" * 4_000_000)


def test_temporary_credentials_of_the_endpoint_are_of_use(embedded: Embedded) -> None:
    assumed = client(embedded, "sts").assume_role(RoleArn=ROLE, RoleSessionName="session")
    assert stranger(embedded, "sts", assumed["Credentials"]["SessionToken"]).get_caller_identity()


CALLER = """
import boto3, os

def handle(event, context):
    return boto3.client("sts").get_caller_identity()["Account"]
"""


def test_functions_have_the_token_and_public_urls_need_none(embedded: Embedded) -> None:
    functions = client(embedded, "lambda")
    urls = {}
    for kind in ("NONE", "AWS_IAM"):
        name = f"caller-{kind.lower()}"
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=ROLE,
            Handler="handler.handle",
            Code={"ZipFile": bundle(CALLER)},
        )
        answer = functions.invoke(FunctionName=name)["Payload"].read()
        assert json.loads(answer) == embedded.account
        address = functions.create_function_url_config(FunctionName=name, AuthType=kind)
        urls[kind] = urlsplit(address["FunctionUrl"]).hostname or ""
    for kind, expected in (("NONE", 200), ("AWS_IAM", 403)):
        by_path = f"/_aws/lambda-url/{urls[kind].partition('.')[0]}/"
        assert call(embedded, "GET", by_path)[0] == expected
        assert call(embedded, "GET", "/", Host=urls[kind])[0] == expected
        assert call(embedded, "GET", by_path, Origin="http://evil.example")[0] == 403


def test_status_alone_shows_the_token(embedded: Embedded, root: Path) -> None:
    survey = status.survey(Workspace(root))
    assert json.loads(survey.as_json())["session_token"] == embedded.session_token
    exported = [line for line in survey.as_text().splitlines() if line.startswith("export ")]
    shown = subprocess.run(
        ["/bin/sh", "-c", "\n".join([*exported, "env"])], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name, value in embedded.aws_environment().items():
        assert f"{name}={value}" in shown
    assert embedded.session_token not in survey.without_token().as_text()
    assert embedded.session_token not in survey.without_token().as_json()
    assert embedded.session_token not in "\n".join(logs.lines(Workspace(root)))


def test_the_servers_ask_for_passwords(embedded: Embedded) -> None:
    ports = {part.name: part.port for part in embedded.parts}
    with redis.Redis(port=ports["cache"]) as cache, pytest.raises(redis.AuthenticationError):
        cache.ping()
    for user in ("postgres", "rds_iam", "nobody"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host="127.0.0.1", port=ports["postgres"], user=user, dbname="postgres")
    for part in ("cache", "postgres", "aws"):
        command = Path(f"/proc/{embedded.pids[part]}/cmdline").read_text(encoding="utf-8")
        secrets = (embedded.postgres_url, embedded.cache_url)
        for secret in (embedded.session_token, *(urlsplit(url).password for url in secrets)):
            assert secret
            assert secret not in command


def test_every_file_is_its_owners_alone(embedded: Embedded, root: Path, tmp_path: Path) -> None:
    found = pipe(embedded, tmp_path, "private")
    found.put("record")
    eventually(found.taken)
    client(embedded, "secretsmanager").create_secret(Name="private", SecretString="x")
    home = Layout.of(Workspace(root)).home
    eventually((home / "data" / "aws" / "state" / "secretsmanager.json").exists)
    assert open_to_others(home) == []
    assert open_to_others(launcher.cluster(Workspace(root)).folder) == []


def open_to_others(folder: Path) -> list[str]:
    """What is there for other users; a server's user may pass through folders, by its group."""
    return [
        f"{path} {path.lstat().st_mode:o}"
        for path in folder.rglob("*")
        if not path.is_symlink() and path.lstat().st_mode & (0o067 if path.is_dir() else 0o077)
    ]


def test_files_that_were_open_are_closed_at_the_next_start(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "home")
    layout.create()
    (layout.data / "old").mkdir(mode=0o755)
    (layout.data / "old" / "file").write_text("secret", encoding="utf-8")
    (layout.data / "old" / "file").chmod(0o644)
    (layout.data / "old").chmod(0o755)
    layout.create()
    assert open_to_others(layout.home) == []


INTRUDER = """
import encodings.idna, encodings.latin_1, json, os, socket, sys
uid, files, ports = json.load(sys.stdin)
os.setgroups([]); os.setgid(uid); os.setuid(uid)
read = []
for path in files:
    try:
        open(path, "rb").read(1)
        read.append(path)
    except OSError:
        try:
            os.listdir(path)
            read.append(path)
        except OSError:
            pass
answers = {}
for name, port in ports.items():
    request = {
        "aws": b"GET /_ministack/health HTTP/1.1\\r\\nHost: 127.0.0.1:%d\\r\\n\\r\\n" % port,
        "cache": b"KEYS *\\r\\n",
    }.get(name)
    if request:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request)
            answers[name] = connection.recv(64).decode("latin-1")
print(json.dumps([read, answers]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
@pytest.mark.parametrize("user", [65534, 12345])
def test_another_user_of_the_machine_is_refused(embedded: Embedded, root: Path, user: int) -> None:
    workspace = Workspace(root)
    # pytest's own folder is closed, which would hide what this test looks for.
    opened = [path for path in (root, *root.parents) if path.stat().st_mode & 0o005 != 0o005]
    modes = {path: path.stat().st_mode for path in opened}
    folder, home = launcher.cluster(workspace).folder, Layout.of(workspace).home
    files = [str(path) for top in (home, folder) for path in (top, *top.rglob("*"))]
    files += [f"/proc/{part.pid}/environ" for part in embedded.parts]
    files += ["/etc/passwd"]
    ports = {part.name: part.port for part in embedded.parts if part.port}
    try:
        for path in opened:
            path.chmod(0o755)
        shown = subprocess.run(
            [sys.executable, "-c", INTRUDER],
            input=json.dumps([user, files, ports]),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    read, answers = json.loads(shown)
    assert read == ["/etc/passwd"]
    assert answers["aws"].startswith("HTTP/1.1 403")
    assert answers["cache"].startswith("-NOAUTH")


def test_nothing_listens_but_the_three_servers(embedded: Embedded, root: Path) -> None:
    inodes = set()
    for pid in Layout.of(Workspace(root)).generation.processes():
        for link in Path(f"/proc/{pid}/fd").glob("*"):
            with contextlib.suppress(OSError):
                inodes.add(str(link.readlink()).removeprefix("socket:[").removesuffix("]"))
    listening = set()
    for family in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{family}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                listening.add(int(fields[1].rpartition(":")[2], 16))
    assert listening == {part.port for part in embedded.parts if part.port}
