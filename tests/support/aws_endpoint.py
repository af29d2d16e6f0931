"""An HTTP server that imitates S3, SQS, Kinesis and Secrets Manager for botocore's clients.

It stores objects, messages and secrets, and fails as described in `support.aws_failures`. The
clients are real, and so is their handling of broken responses.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from catalog_runtime import aws

LOOPBACK = "127.0.0.1"
XML, JSON = "application/xml", "application/x-amz-json-1.0"
Failure = Callable[["Handler"], None]


@dataclass
class Endpoint:
    """The stored data, and how the next requests fail; None lets them succeed."""

    port: int = 0
    failure: Failure | None = None
    objects: dict[str, bytes] = field(default_factory=dict)
    messages: list[Any] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Return the URL."""
        return f"http://{LOOPBACK}:{self.port}"

    def reset(self) -> None:
        """Delete all data and let requests succeed."""
        self.failure = None
        for kept in (self.objects, self.messages, self.records, self.secrets):
            kept.clear()

    def perform(self, target: str, body: bytes) -> dict[str, Any]:
        """Execute an operation of a JSON protocol."""
        given = json.loads(body)
        if target == "Kinesis_20131202.PutRecords":
            numbers = range(len(self.records), len(self.records) + len(given["Records"]))
            self.records += [base64.b64decode(each["Data"]) for each in given["Records"]]
            shard = "shardId-000000000000"
            positions = [{"ShardId": shard, "SequenceNumber": str(number)} for number in numbers]
            return {"FailedRecordCount": 0, "Records": positions}
        if target == "secretsmanager.GetSecretValue":
            return {"SecretString": self.secrets[given["SecretId"]]}
        assert target == "AmazonSQS.SendMessage", target
        self.messages.append(json.loads(given["MessageBody"]))
        return {"MessageId": "1"}


class Handler(BaseHTTPRequestHandler):
    """Serves the `Endpoint` of its server."""

    protocol_version = "HTTP/1.1"
    # Executes the request and sends the response.
    succeed: Callable[[], None]

    @property
    def endpoint(self) -> Endpoint:
        """Return the endpoint of this server."""
        found: Endpoint = self.server.endpoint  # type: ignore[attr-defined]
        return found

    def answer(
        self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        """Send a complete response."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        """S3 PutObject."""
        self._serve(self._put)

    def do_GET(self) -> None:
        """S3 ListObjectsV2 and GetObject."""
        self._serve(self._get)

    def do_POST(self) -> None:
        """Serve an operation of a JSON protocol."""
        self._serve(self._perform)

    def do_HEAD(self) -> None:
        """S3 HeadBucket, with which clients find a bucket's region."""
        self._serve(lambda _body: self.answer(200, b"", XML))

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""

    def _serve(self, succeed: Callable[[bytes], None]) -> None:
        self.succeed = partial(succeed, self._body())
        if self.endpoint.failure is None:
            self.succeed()
        else:
            self.endpoint.failure(self)

    def _put(self, body: bytes) -> None:
        self.endpoint.objects[self.path.partition("?")[0]] = body
        self.answer(200, b"", XML)

    def _perform(self, body: bytes) -> None:
        answer = self.endpoint.perform(self.headers["X-Amz-Target"], body)
        self.answer(200, json.dumps(answer).encode(), JSON)

    def _get(self, _body: bytes) -> None:
        url = urlsplit(self.path)
        if "list-type=2" not in url.query:
            self.answer(200, self.endpoint.objects[url.path], "application/gzip")
            return
        self.answer(200, self._listed(url.path, parse_qs(url.query)), XML)

    def _listed(self, bucket: str, query: dict[str, list[str]]) -> bytes:
        (prefix,), after = query["prefix"], query.get("start-after", [""])[0]
        keys = sorted(path.removeprefix(f"{bucket}/") for path in self.endpoint.objects)
        found = [key for key in keys if key.startswith(prefix) and key > after]
        contents = "".join(
            f"<Contents><Key>{key}</Key><Size>{len(self.endpoint.objects[f'{bucket}/{key}'])}</Size>"
            "</Contents>"
            for key in found
        )
        return f"<ListBucketResult>{contents}</ListBucketResult>".encode()

    def _body(self) -> bytes:
        if self.headers.get("Expect") == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            return b"".join(iter(self._chunk, b""))
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunk(self) -> bytes:
        content = self.rfile.read(int(self.rfile.readline().partition(b";")[0], 16))
        self.rfile.readline()
        return content


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log nothing: clients disconnect on purpose."""


@contextmanager
def aws_endpoint() -> Iterator[Endpoint]:
    """A server that works until a failure is set."""
    endpoint = Endpoint()
    server = _Server((LOOPBACK, 0), Handler)
    server.endpoint = endpoint  # type: ignore[attr-defined]
    endpoint.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Clients:
    """The functions' own clients, and their endpoint."""

    endpoint: Endpoint
    s3: Any
    sqs: Any
    secrets_manager: Any


def client(service: str) -> Any:
    """Return a client with shorter timeouts than the functions' own."""
    return aws.client(service, connect_seconds=0.4, read_seconds=0.4, attempts=2)


def use(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect the functions' clients to an endpoint."""
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "111111111111",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(aws, "session", aws.session.__wrapped__)
