from __future__ import annotations

import pytest

from catalog_runtime.secrets import Credentials, SecretError, Secrets
from support.cloud import FakeSecretsManager


def test_a_secret_is_fetched_once() -> None:
    client = FakeSecretsManager(a="token")
    secrets = Secrets(client)

    assert [secrets.text("a"), secrets.text("a")] == ["token", "token"]
    assert client.fetched == ["a"]


def test_a_forgotten_secret_is_fetched_again() -> None:
    client = FakeSecretsManager(a="old")
    secrets = Secrets(client)
    secrets.text("a")
    client.secrets["a"] = "new"

    secrets.forget("a")

    assert secrets.text("a") == "new"


def test_credentials_do_not_show_their_password() -> None:
    credentials = Secrets(FakeSecretsManager(a='{"username": "u", "password": "p4ss"}'))

    assert credentials.credentials("a") == Credentials("u", "p4ss")
    assert "p4ss" not in repr(credentials.credentials("a"))


@pytest.mark.parametrize("content", ["hunter2", '["hunter2"]', '{"password": "hunter2"}', "null"])
def test_a_secret_of_another_form_is_refused_without_being_shown(content: str) -> None:
    with pytest.raises(SecretError, match="expected a JSON object") as raised:
        Secrets(FakeSecretsManager(a=content)).credentials("a")

    assert "hunter2" not in str(raised.value)


def test_a_secret_that_does_not_exist_is_named() -> None:
    with pytest.raises(SecretError, match=r"arn:gone: cannot be fetched: .*no such secret"):
        Secrets(FakeSecretsManager()).text("arn:gone")
