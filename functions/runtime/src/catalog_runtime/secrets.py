"""Secrets, fetched once and again when they turn out to be outdated."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError


class SecretsClient(Protocol):
    """The one call of a Secrets Manager client that is used."""

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html."""
        ...


class SecretError(Exception):
    """A secret cannot be fetched or has not the expected form; never shows its value."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password that no `repr` shows."""

    username: str
    password: str = field(repr=False)


class Secrets:
    """Remembers secrets for the life of the execution environment."""

    def __init__(self, client: SecretsClient) -> None:
        self._client = client
        self._known: dict[str, str] = {}

    def text(self, arn: str) -> str:
        """The secret's string, fetched at first use. Raises `SecretError`."""
        if arn not in self._known:
            self._known[arn] = self._fetch(arn)
        return self._known[arn]

    def credentials(self, arn: str) -> Credentials:
        """The secret as `{"username": …, "password": …}`. Raises `SecretError`."""
        try:
            content = json.loads(self.text(arn))
            return Credentials(str(content["username"]), str(content["password"]))
        except (ValueError, KeyError, TypeError):
            raise SecretError(f"{arn}: expected a JSON object with username and password") from None

    def forget(self, arn: str) -> None:
        """Fetch the secret anew at its next use: it may have been rotated."""
        self._known.pop(arn, None)

    def _fetch(self, arn: str) -> str:
        try:
            return self._client.get_secret_value(SecretId=arn)["SecretString"]
        except KeyError:
            raise SecretError(f"{arn}: holds no string") from None
        except (BotoCoreError, ClientError) as error:
            raise SecretError(f"{arn}: cannot be fetched: {error}") from error
