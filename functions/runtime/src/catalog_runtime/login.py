"""How a function proves to PostgreSQL who it is: by password, or by a token that IAM grants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError

from catalog_runtime.secrets import Credentials, SecretError, Secrets
from catalog_runtime.settings import DatabaseSettings

# RDS accepts no longer life.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
TOKEN_SECONDS = 900


class Login(Protocol):
    """Where credentials come from."""

    def credentials(self) -> Credentials:
        """What to log in with now. Raises `SecretError`."""
        ...

    def renewed(self, refused: Credentials) -> Credentials | None:
        """Newer credentials than those refused, or None when there are none.

        Raises `SecretError`.
        """
        ...


class PasswordLogin:
    """Name and password from a secret, which may be rotated at any time."""

    def __init__(self, secrets: Secrets, arn: str) -> None:
        self._secrets = secrets
        self._arn = arn

    def credentials(self) -> Credentials:
        """See `Login`."""
        return self._secrets.credentials(self._arn)

    def renewed(self, refused: Credentials) -> Credentials | None:
        """See `Login`: the secret, if it has changed meanwhile."""
        self._secrets.refresh(self._arn)
        current = self._secrets.credentials(self._arn)
        return None if current == refused else current


class TokenLogin:
    """A role's name and a token that the function signs itself, with its own IAM credentials.

    RDS asks for it when a connection is opened, and never again. Each connection gets a token of
    its own, so that none is near its end when it is used: signing takes no call to AWS.
    """

    def __init__(self, settings: DatabaseSettings, session: Any) -> None:
        """`session` is the botocore session that knows region and IAM credentials."""
        self._settings = settings
        self._session = session

    def credentials(self) -> Credentials:
        """See `Login`."""
        return Credentials(self._settings.username, self._token())

    def renewed(self, refused: Credentials) -> Credentials | None:
        """See `Login`: another token of the same second would be refused as well."""
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
    """Credentials that are at hand."""

    given: Credentials

    def credentials(self) -> Credentials:
        """See `Login`."""
        return self.given

    def renewed(self, refused: Credentials) -> Credentials | None:
        """See `Login`: there are no others."""
        return None


def login_of(settings: DatabaseSettings, secrets: Secrets, session: Any) -> Login:
    """The log-in that the settings ask for."""
    if settings.authentication == "iam":
        return TokenLogin(settings, session)
    return PasswordLogin(secrets, settings.secret_arn)
