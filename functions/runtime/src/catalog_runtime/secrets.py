"""Secrets, fetched once and again when they turn out to be outdated."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Protocol

from catalog_runtime import aws
from catalog_runtime.reaction import Reaction

# Two attempts of 1 s to connect and 2 s to answer.
FETCH_SECONDS = 6.0


class SecretsClient(Protocol):
    """The one call of a Secrets Manager client that is used."""

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html."""
        ...


class SecretError(Exception):
    """A secret cannot be fetched or has not the expected form; never shows its value."""

    def __init__(self, message: str, reaction: Reaction = Reaction.FAIL) -> None:
        super().__init__(message)
        self.reaction = reaction


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password that no `repr` shows."""

    username: str
    password: str = field(repr=False)


class Secrets:
    """Remembers secrets for the life of the execution environment."""

    def __init__(self, client: SecretsClient, fetch_seconds: float = FETCH_SECONDS) -> None:
        """A fetch ends after `fetch_seconds`."""
        self._client = client
        self._fetch_seconds = fetch_seconds
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
            return Credentials(_text(content["username"]), _text(content["password"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            # Whoever wrote it may write it again.
            self.forget(arn)
            raise SecretError(f"{arn}: expected a JSON object with username and password") from None

    def refresh(self, arn: str) -> None:
        """Fetch the secret now: it may have been rotated.

        Raises `SecretError`; what was known is remembered then, as it may be right.
        """
        self._known[arn] = self._fetch(arn)

    def forget(self, arn: str) -> None:
        """Fetch the secret anew at its next use: it may have been rotated."""
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
    """A string that PostgreSQL's protocol can carry."""
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("not a string without null characters")
    value.encode()
    return value
