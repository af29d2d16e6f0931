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
def _somebody_with_accounts_of_his_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "his-own")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "his-own")
    monkeypatch.setenv("AWS_ENDPOINT_URL_KINESIS", "https://kinesis.example.com")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def test_the_embedded_aws_is_reached_whatever_profile_is_chosen() -> None:
    client = Session("us-east-1", EMBEDDED).client("kinesis")
    assert client.meta.endpoint_url == EMBEDDED["AWS_ENDPOINT_URL"]
    credentials = client._request_signer._credentials
    assert (credentials.access_key, credentials.token) == ("000000000001", None)


def test_a_program_that_talks_to_the_embedded_aws_is_told_nothing_of_others() -> None:
    told = Session("us-east-1", EMBEDDED).environment()
    assert "his-own" not in told.values()
    assert "AWS_ENDPOINT_URL_KINESIS" not in told
    assert told.items() >= EMBEDDED.items()


def test_on_aws_the_profile_counts() -> None:
    told = Session("eu-west-1").environment()
    assert (told["AWS_PROFILE"], told["AWS_SESSION_TOKEN"]) == ("his-own", "his-own")
    with pytest.raises(Exception, match="his-own"):
        Session("eu-west-1").client("kinesis")


def test_an_endpoint_that_is_no_url_is_an_expected_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_PROFILE")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nonsense")
    with pytest.raises(PlatformError, match="AWS_ENDPOINT_URL: Invalid endpoint: nonsense"):
        Session("eu-west-1").client("kinesis")
