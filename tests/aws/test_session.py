from __future__ import annotations

import pytest

from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError

EMBEDDED = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
    "AWS_ACCESS_KEY_ID": "000000000001",
    "AWS_SECRET_ACCESS_KEY": "test",
}


@pytest.fixture(autouse=True)
def _user_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "custom")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "custom")
    monkeypatch.setenv("AWS_ENDPOINT_URL_KINESIS", "https://kinesis.example.com")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def test_the_embedded_aws_ignores_the_profile() -> None:
    client = Session("us-east-1", EMBEDDED).client("kinesis")
    assert client.meta.endpoint_url == EMBEDDED["AWS_ENDPOINT_URL"]
    credentials = client._request_signer._credentials
    assert (credentials.access_key, credentials.token) == ("000000000001", None)


def test_the_embedded_aws_environment_excludes_user_variables() -> None:
    variables = Session("us-east-1", EMBEDDED).environment()
    assert "custom" not in variables.values()
    assert "AWS_ENDPOINT_URL_KINESIS" not in variables
    assert variables.items() >= EMBEDDED.items()


def test_aws_uses_the_profile() -> None:
    variables = Session("eu-west-1").environment()
    assert (variables["AWS_PROFILE"], variables["AWS_SESSION_TOKEN"]) == (
        "custom",
        "custom",
    )
    with pytest.raises(Exception, match="custom"):
        Session("eu-west-1").client("sqs")


def test_an_invalid_endpoint_raises_platform_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_PROFILE")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nonsense")
    with pytest.raises(PlatformError, match="AWS_ENDPOINT_URL: Invalid endpoint: nonsense"):
        Session("eu-west-1").client("sqs")


def test_the_clients_of_a_factory_are_bounded_and_share_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_PROFILE")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    factory = Session("eu-west-1").client_factory(read_seconds=2.5, attempts=2)
    for service in ("sqs", "sts"):
        config = factory.client(service).meta.config
        assert config.read_timeout == 2.5
        assert config.retries["total_max_attempts"] == 2
    assert factory.credentials() is factory.credentials()


def test_a_factory_of_an_embedded_aws_has_no_credentials_of_the_caller() -> None:
    session = Session("us-east-1", EMBEDDED)
    factory = session.client_factory(read_seconds=2.5, attempts=2)
    assert factory.client("sqs").meta.config.read_timeout == 2.5
    assert factory.credentials() is None


LOCAL = "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, False),
        ({"AWS_ENDPOINT_URL": LOCAL}, True),
        ({"AWS_ENDPOINT_URL": "http://[::1]:4566"}, True),
        ({"AWS_ENDPOINT_URL": "https://proxy.example.com"}, False),
        ({"AWS_ENDPOINT_URL": LOCAL, "AWS_ENDPOINT_URL_KINESIS": "http://localhost:1"}, True),
        ({"AWS_ENDPOINT_URL": LOCAL, "AWS_ENDPOINT_URL_KINESIS": ""}, True),
        ({"AWS_ENDPOINT_URL": LOCAL, "AWS_ENDPOINT_URL_CLOUDFORMATION": "https://x"}, False),
        ({"AWS_ENDPOINT_URL_CLOUDFORMATION": LOCAL}, False),
        ({"AWS_ENDPOINT_URL": LOCAL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"}, False),
        ({"AWS_ENDPOINT_URL": LOCAL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"}, True),
    ],
)
def test_only_an_aws_whose_endpoints_are_all_here_is_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], expected: bool
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_KINESIS")
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert Session("eu-west-1").on_this_machine is expected
    # Variables of the caller don't apply to it.
    assert Session("eu-west-1", EMBEDDED).on_this_machine
