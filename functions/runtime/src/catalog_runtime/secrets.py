"""Secrets of Secrets Manager, cached until they turn out to be outdated."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Protocol

from catalog_runtime import aws
from catalog_runtime.reaction import Reaction

# Two attempts of 1 s to connect and 2 s to answer.
FETCH_SECONDS = 6.0


class SecretsClient(Protocol):
    """The part of the Secrets Manager client that is used."""

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html."""
        ...


class SecretError(Exception):
    """A secret cannot be fetched or has a wrong format; the message never has its value."""

    def __init__(self, message: str, reaction: Reaction = Reaction.FAIL) -> None:
        super().__init__(message)
        self.reaction = reaction


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password; the password is not part of the `repr`."""

    username: str
    password: str = field(repr=False)


class Secrets:
    """A cache of secrets for the lifetime of the execution environment."""

    def __init__(self, client: SecretsClient, fetch_seconds: float = FETCH_SECONDS) -> None:
        """A fetch ends after `fetch_seconds`."""
        self._client = client
        self._fetch_seconds = fetch_seconds
        self._known: dict[str, str] = {}

    def text(self, arn: str) -> str:
        """Return the secret's string, fetched at first use. Raises `SecretError`."""
        if arn not in self._known:
            self._known[arn] = self._fetch(arn)
        return self._known[arn]

    def credentials(self, arn: str) -> Credentials:
        """Parse a secret with `username` and `password`. Raises `SecretError`."""
        try:
            content = json.loads(self.text(arn))
            return Credentials(_text(content["username"]), _text(content["password"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            # The secret may be corrected: fetch it again next time.
            self.forget(arn)
            raise SecretError(f"{arn}: expected a JSON object with username and password") from None

    def refresh(self, arn: str) -> None:
        """Fetch the secret now, because it may have been rotated.

        Raises `SecretError`; the cached value is kept then, because it may be valid.
        """
        self._known[arn] = self._fetch(arn)

    def forget(self, arn: str) -> None:
        """Fetch the secret again at its next use, because it may have been rotated."""
        self._known.pop(arn, None)

    def _fetch(self, arn: str) -> str:
        try:
            answer = aws.call(self._client.get_secret_value, self._fetch_seconds, SecretId=arn)
        except aws.AwsError as error:
            raise SecretError(f"{arn}: cannot be fetched: {error}", error.reaction) from error
        found: object = answer.get("SecretString")
        if not isinstance(found, str):
            raise SecretError(f"{arn}: holds no string")
        return found


def _text(value: object) -> str:
    """Return a string that PostgreSQL's protocol can encode. Raises `TypeError`, `ValueError`."""
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("not a string without null characters")
    value.encode()
    return value
