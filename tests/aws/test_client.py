from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import configprovider
from botocore.config import Config
from botocore.exceptions import ClientError, InvalidRetryModeError

from catalog_platform.aws import client
from support import harmful_variables

ENDPOINT = "http://127.0.0.1:4566"


class Server(BaseHTTPRequestHandler):
    """Refuses every request and remembers its path."""

    seen: list[str]

    def do_POST(self) -> None:
        self.seen.append(self.path)
        self.send_response(400)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        pass


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[str]]]:
    """A server: its URL and the paths of the requests it got."""
    paths: list[str] = []
    handler = type("Handler", (Server,), {"seen": paths})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()
        thread.join()


@pytest.fixture
def trap() -> Iterator[harmful_variables.Trap]:
    with harmful_variables.trap() as found:
        yield found


def embedded(service: str = "s3", url: str = ENDPOINT, attempts: int = 4) -> Any:
    return client.of_embedded(
        service,
        "eu-west-1",
        endpoint_url=url,
        access_key_id="000000000001",
        secret_access_key="test",
        session_token="token",
        attempts=attempts,
    )


def settings(found: Any) -> dict[str, Any]:
    """Return everything that decides where a client sends its requests, and how."""
    http = found._endpoint.http_session
    credentials = found._request_signer._credentials
    return {
        **{name: getattr(found.meta.config, name) for name in Config.OPTION_DEFAULTS},
        "endpoint": found.meta.endpoint_url,
        "credentials": (credentials.access_key, credentials.secret_key, credentials.token),
        "proxies": http._proxy_config.settings,
        "proxy": http._proxy_config.proxy_url_for(found.meta.endpoint_url),
        "verify": http._verify,
        "paths": found._loader.search_paths,
    }


def aws_variables() -> list[str]:
    """Return all variables that botocore reads settings from, and all harmful ones."""
    found = {*harmful_variables.VARIABLES, "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}
    for _, variable, _, _ in configprovider.BOTOCORE_DEFAUT_SESSION_VARIABLES.values():
        found |= {variable} if isinstance(variable, str) else set(variable or ())
    return sorted(
        name
        for name in found
        if name.upper().startswith(("AWS_", "BOTO", "HTTP", "ALL_", "REQUESTS", "SSL"))
    )


def harm(monkeypatch: pytest.MonkeyPatch, home: Path, trap_address: str) -> None:
    harmful_variables.write_home(home, trap_address)
    for name, value in harmful_variables.variables(home, trap_address).items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("name", aws_variables())
def test_no_variable_changes_a_client_of_the_embedded_aws(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = settings(embedded())
    monkeypatch.setenv(name, harmful_variables.VARIABLES.get(name, "7"))
    assert settings(embedded()) == clean


def test_no_file_changes_a_client_of_the_embedded_aws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clean = settings(embedded())
    harm(monkeypatch, tmp_path, "192.0.2.1:1")
    assert settings(embedded()) == clean
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name)
    assert settings(embedded()) == clean
    (tmp_path / ".aws" / "config").write_text("not a configuration")
    assert settings(embedded()) == clean


def test_the_files_do_change_an_ordinary_client(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    harmful_variables.write_home(tmp_path, "192.0.2.1:1")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(InvalidRetryModeError):
        botocore.session.Session().create_client("s3", region_name="eu-west-1")


def test_every_request_reaches_the_embedded_aws_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    endpoint: tuple[str, list[str]],
    trap: harmful_variables.Trap,
) -> None:
    url, seen = endpoint
    harm(monkeypatch, tmp_path, trap.address)
    for service, operation in (("secretsmanager", "list_secrets"), ("kinesis", "list_streams")):
        with pytest.raises(ClientError):
            getattr(embedded(service, url, attempts=1), operation)()
    assert seen == ["/", "/"]
    assert trap.connections == []


def test_the_caller_s_aws_has_the_caller_s_settings_and_the_manifest_s_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in aws_variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    tokens = client.CallersClients("eu-south-1", local=False).client("sts")
    assert tokens.meta.endpoint_url == "https://sts.eu-south-1.amazonaws.com"
    default = client.CallersClients("eu-west-1", local=False).client("sqs")
    assert default.meta.config.retries["mode"] == "standard"
    assert default.meta.config.retries["total_max_attempts"] == client.ATTEMPTS
    values = {
        "AWS_ACCESS_KEY_ID": "caller",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-2",
        "AWS_MAX_ATTEMPTS": "7",
        "AWS_RETRY_MODE": "adaptive",
        "AWS_USE_FIPS_ENDPOINT": "true",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    found = client.CallersClients("us-gov-west-1", local=False).client("sqs")
    assert found._request_signer._credentials.access_key == "caller"
    assert found.meta.region_name == "us-gov-west-1"
    assert found.meta.config.retries == {"mode": "adaptive", "total_max_attempts": 7}
    assert found.meta.config.use_fips_endpoint is True


def test_an_endpoint_of_the_caller_on_this_machine_is_reached_without_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
    endpoint: tuple[str, list[str]],
    trap: harmful_variables.Trap,
) -> None:
    url, seen = endpoint
    values = {
        "AWS_ACCESS_KEY_ID": "caller",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ENDPOINT_URL": url,
        "HTTP_PROXY": f"http://{trap.address}",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ClientError):
        client.CallersClients("eu-west-1", local=True).client("kinesis").list_streams()
    assert seen == ["/"]
    assert trap.connections == []
