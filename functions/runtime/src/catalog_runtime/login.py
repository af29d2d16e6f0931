"""Authentication to PostgreSQL: by password, or by IAM token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError

from catalog_runtime.secrets import Credentials, SecretError, Secrets
from catalog_runtime.settings import DatabaseSettings

# The longest lifetime that RDS accepts.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
TOKEN_SECONDS = 900


class Login(Protocol):
    """A source of credentials."""

    def credentials(self) -> Credentials:
        """Return the current credentials. Raises `SecretError`."""
        ...

    def renewed(self, refused: Credentials) -> Credentials | None:
        """Return newer credentials than those refused, or None when there are none.

        Raises `SecretError`.
        """
        ...


class PasswordLogin:
    """User name and password from a secret, which may be rotated at any time."""

    def __init__(self, secrets: Secrets, arn: str) -> None:
        self._secrets = secrets
        self._arn = arn

    def credentials(self) -> Credentials:
        """See `Login`."""
        return self._secrets.credentials(self._arn)

    def renewed(self, refused: Credentials) -> Credentials | None:
        """See `Login`: fetch the secret again."""
        self._secrets.refresh(self._arn)
        current = self._secrets.credentials(self._arn)
        return None if current == refused else current


class TokenLogin:
    """A role's name and a token that the function signs with its own IAM credentials.

    RDS checks the token only when a connection is opened. Each connection gets a new token, so
    that none expires before its use; signing needs no call to AWS.
    """

    def __init__(self, settings: DatabaseSettings, session: Any) -> None:
        """`session` is the botocore session with region and IAM credentials."""
        self._settings = settings
        self._session = session

    def credentials(self) -> Credentials:
        """See `Login`."""
        return Credentials(self._settings.username, self._token())

    def renewed(self, refused: Credentials) -> Credentials | None:
        """See `Login`: another token would be refused as well."""
        return None

    def _token(self) -> str:
        settings = self._settings
        request = AWSRequest(
            method="GET",
            url=f"https://{settings.host}:{settings.port}/",
            params={"Action": "connect", "DBUser": settings.username},
        )
        try:
            identity = self._session.get_credentials()
            region = self._session.get_config_variable("region")
            if identity is None or region is None:
                raise SecretError("no AWS credentials or region to sign a database token with")
            signer = SigV4QueryAuth(
                identity.get_frozen_credentials(), "rds-db", region, expires=TOKEN_SECONDS
            )
        except BotoCoreError as error:
            raise SecretError(f"no database token can be signed: {error}") from error
        signer.add_auth(request)
        return str(request.url).removeprefix("https://")


@dataclass(frozen=True, slots=True)
class GivenLogin:
    """Fixed credentials."""

    given: Credentials

    def credentials(self) -> Credentials:
        """See `Login`."""
        return self.given

    def renewed(self, refused: Credentials) -> Credentials | None:
        """See `Login`: there are no newer ones."""
        return None


def login_of(settings: DatabaseSettings, secrets: Secrets, session: Any) -> Login:
    """Return the log-in of the configured authentication."""
    if settings.authentication == "iam":
        return TokenLogin(settings, session)
    return PasswordLogin(secrets, settings.secret_arn)
