"""Only clients with the session token can use the endpoint; web pages never can."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from catalog_platform.local.state import Embedded
from catalog_platform.workspace import Workspace
from embedded_aws.servers.layout import Layout
from support.embedded import ROLE, SESSION, bundle, client, running

pytestmark = pytest.mark.e2e

TOKEN = "X-Amz-Security-Token"
UNKNOWN_SECRET = "0" * 36


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def embedded(root: Path) -> Iterator[Embedded]:
    # A common umask: privacy must not depend on it.
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
    return SESSION.client(
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
def test_undocumented_paths_need_the_token(embedded: Embedded, method: str, path: str) -> None:
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


def test_no_response_has_a_cors_header(embedded: Embedded) -> None:
    for method, path in (("GET", "/"), ("OPTIONS", "/"), ("GET", "/_ministack/health")):
        status_, headers, _ = call(embedded, method, path, **with_token(embedded))
        assert status_ == 200
        assert not [name for name in headers if name.lower().startswith("access-control")]


def test_a_web_socket_is_refused(embedded: Embedded) -> None:
    handshake = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    handshake["Sec_WebSocket_Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
    assert call(embedded, "GET", "/_aws/execute-api/abcdef12/prod", **handshake)[0] == 403


def test_a_signed_url_carries_the_token_and_no_log_shows_it(embedded: Embedded, root: Path) -> None:
    storage = client(embedded, "s3")
    storage.create_bucket(Bucket="signed")
    storage.put_object(Bucket="signed", Key="a", Body=b"content")
    url = storage.generate_presigned_url("get_object", {"Bucket": "signed", "Key": "a"})
    path = url.removeprefix(embedded.endpoint_url)
    assert call(embedded, "GET", path)[::2] == (200, b"content")
    assert call(embedded, "GET", path.replace(embedded.session_token, "wrong"))[0] == 400
    for log in Layout(Workspace(root).state).logs.iterdir():
        assert embedded.session_token not in log.read_text(encoding="utf-8", errors="replace")


def test_a_large_upload_that_is_refused_gets_its_answer(embedded: Embedded) -> None:
    with pytest.raises(ClientError, match="InvalidToken"):
        stranger(embedded, "s3", None).put_object(Bucket="b", Key="k", Body=b"x" * 4_000_000)


def test_temporary_credentials_of_the_endpoint_work(embedded: Embedded) -> None:
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


ECHO = """
def handle(event, context):
    return {"statusCode": 200, "body": event["requestContext"]["http"]["method"] + event["rawPath"]}
"""


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/a/b"),
        ("GET", "/health"),
        ("GET", "/_ministack/health"),
        ("GET", "/_localstack/other"),
        ("GET", "/oauth2/authorize"),
        ("POST", "/_ministack/reset"),
        ("POST", "/_ministack/config"),
        ("PUT", f"/_ministack/cfn-response/{UNKNOWN_SECRET}"),
        ("OPTIONS", "/"),
    ],
)
def test_the_host_of_a_public_url_reaches_only_its_function(
    embedded: Embedded, method: str, path: str
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html"""
    functions = client(embedded, "lambda")
    if "echo" not in [each["FunctionName"] for each in functions.list_functions()["Functions"]]:
        functions.create_function(
            FunctionName="echo",
            Runtime="python3.13",
            Role=ROLE,
            Handler="handler.handle",
            Code={"ZipFile": bundle(ECHO)},
        )
        functions.create_function_url_config(FunctionName="echo", AuthType="NONE")
    url = functions.get_function_url_config(FunctionName="echo")["FunctionUrl"]
    host = urlsplit(url).hostname or ""
    for shown in (host, host.upper()):
        status_, _, body = call(embedded, method, path, Host=shown)
        assert (status_, body.decode()) == (200, f"{method}{path}")
