"""Rotation of database passwords; Secrets Manager invokes this handler once per step.

A role changes its own password. Between the second step and the last, new log-ins with the old
password fail, and clients must retry, as the functions do.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from catalog_runtime import aws, logs
from catalog_runtime.database import Database, DatabaseError
from catalog_runtime.environment import Variables
from catalog_runtime.login import GivenLogin
from catalog_runtime.logs import LOGGER
from catalog_runtime.secrets import Credentials
from catalog_runtime.settings import RuntimeSettings
from schema_migrator.access import set_password

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"
PASSWORD_LENGTH = 32
# Three attempts of 1 s to connect and 4 s to answer.
CALL_SECONDS = 15.0
MISSING, EXISTS = "ResourceNotFoundException", "ResourceExistsException"
# Secrets Manager keeps about a hundred versions without a staging label.
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
MOST_UNSTAGED = 20


class RotationError(Exception):
    """A step failed; Secrets Manager retries it and then reports the rotation as failed.

    `code` is AWS's error code, empty without one.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


def handle(event: dict[str, str], _context: object) -> None:
    """Run one step of a rotation; all steps are idempotent. Raises the error of a failed step."""
    variables = Variables(os.environ)
    settings = RuntimeSettings.read(variables)
    variables.check()
    logs.configure(settings.environment_name, settings.log_level)
    client = aws.client("secretsmanager", connect_seconds=1, read_seconds=4, attempts=3)
    rotation = Rotation(settings, client, event["SecretId"], event["ClientRequestToken"])
    steps = {
        "createSecret": rotation.create,
        "setSecret": rotation.set,
        "testSecret": rotation.test,
        "finishSecret": rotation.finish,
    }
    rotation.require_staged()
    steps[event["Step"]]()
    LOGGER.info("rotation", extra={"facts": {"step": event["Step"]}})


@dataclass(frozen=True, slots=True)
class Rotation:
    """One rotation of one secret; `version` is the version that becomes current."""

    settings: RuntimeSettings
    client: Any
    secret: str
    version: str

    def require_staged(self) -> None:
        """Raise `RotationError` unless the version is pending or current."""
        stages = self._stages().get(self.version, [])
        if CURRENT not in stages and PENDING not in stages:
            raise RotationError(f"version {self.version} of {self.secret} is not being rotated")

    def create(self) -> None:
        """Create the next password, unless an earlier attempt has."""
        with _unless(MISSING):
            self._content(VersionId=self.version, VersionStage=PENDING)
            return
        content = self._content(VersionStage=CURRENT)
        password = self._call(
            self.client.get_random_password, PasswordLength=PASSWORD_LENGTH, ExcludePunctuation=True
        )["RandomPassword"]
        with _unless(EXISTS):
            self._call(
                self.client.put_secret_value,
                SecretId=self.secret,
                ClientRequestToken=self.version,
                SecretString=json.dumps(content | {"password": password}),
                VersionStages=[PENDING],
            )
            return
        # Another invocation of this step was faster: its password is used.
        self._content(VersionId=self.version, VersionStage=PENDING)

    def set(self) -> None:
        """Set the next password in PostgreSQL, unless it is set already."""
        self._apply(self._pending())

    def _apply(self, next_credentials: Credentials) -> None:
        if self._opens(next_credentials):
            return
        for known in self._earlier():
            if known.username != next_credentials.username:
                raise RotationError(f"{self.secret}: the user's name must not change")
            if self._opens(known):
                self._run(
                    known,
                    lambda connection: set_password(
                        connection, next_credentials.username, next_credentials.password
                    ),
                )
                return
        raise RotationError(f"{self.secret}: none of its versions opens the database")

    def test(self) -> None:
        """Log in with the next password. Raises `RotationError`."""
        if not self._opens(self._pending()):
            raise RotationError(f"{self.secret}: the next password does not open the database")

    def finish(self) -> None:
        """Make the next version the current one, and set its password in the database.

        A deployment sets the password that is current when it reads the secret, which may be the
        previous one. It reads the secret again afterwards, and this step checks the password again.
        """
        stages = self._stages()
        if CURRENT not in stages.get(self.version, []):
            self._apply(self._pending())
            current = next((name for name, labels in stages.items() if CURRENT in labels), None)
            self._call(
                self.client.update_secret_version_stage,
                SecretId=self.secret,
                VersionStage=CURRENT,
                MoveToVersionId=self.version,
                **({"RemoveFromVersionId": current} if current else {}),
            )
        self._apply(_credentials(self._content(VersionId=self.version)))

    def _stages(self) -> dict[str, list[str]]:
        described = self._call(self.client.describe_secret, SecretId=self.secret)
        # Absent when rotation was never configured, which does not matter for a version with a
        # staging label; AWS's own rotation functions continue as well.
        if described.get("RotationEnabled") is False:
            raise RotationError(f"{self.secret} is not set up for rotation")
        found: dict[str, list[str]] = described["VersionIdsToStages"]
        return found

    def _earlier(self) -> Iterator[Credentials]:
        """Yield credentials that may be valid: the current, the previous, then the other versions.

        A version has no staging label when its rotation was cancelled by hand, maybe after its
        password was set.
        """
        for stage in (CURRENT, PREVIOUS):
            with _unless(MISSING):
                yield _credentials(self._content(VersionStage=stage))
        versions = self._call(
            self.client.list_secret_version_ids,
            SecretId=self.secret,
            IncludeDeprecated=True,
            MaxResults=100,
        )["Versions"]
        unstaged = [version for version in versions if not version.get("VersionStages")]
        unstaged.sort(key=lambda version: version["CreatedDate"], reverse=True)
        for version in unstaged[:MOST_UNSTAGED]:
            with _unless(MISSING):
                yield _credentials(self._content(VersionId=version["VersionId"]))

    def _pending(self) -> Credentials:
        return _credentials(self._content(VersionId=self.version, VersionStage=PENDING))

    def _content(self, **version: str) -> dict[str, Any]:
        answer = self._call(self.client.get_secret_value, SecretId=self.secret, **version)
        try:
            found = json.loads(answer["SecretString"])
        except (KeyError, ValueError):
            found = None
        if not isinstance(found, dict):
            raise RotationError(f"{self.secret}: expected a JSON object in {version}")
        return found

    def _call(self, operation: Callable[..., dict[str, Any]], **arguments: Any) -> dict[str, Any]:
        """Call Secrets Manager in bounded time. Raises `RotationError`."""
        try:
            return aws.call(operation, CALL_SECONDS, **arguments)
        except aws.AwsError as error:
            raise RotationError(f"{self.secret}: {error}", error.code) from error

    def _opens(self, credentials: Credentials) -> bool:
        """Return whether the database accepts credentials. Raises `DatabaseError` when it fails."""
        try:
            self._run(credentials, lambda connection: connection.execute("SELECT 1"))
        except DatabaseError as error:
            if not error.login_refused:
                raise
            LOGGER.info("log-in refused", extra={"facts": {"reason": str(error)}})
            return False
        return True

    def _run(self, credentials: Credentials, work: Any) -> None:
        database = Database(
            self.settings.database, GivenLogin(credentials), application="password_rotation"
        )
        try:
            database.run(work)
        finally:
            database.close()


@contextmanager
def _unless(code: str) -> Iterator[None]:
    """Leave the block on a `RotationError` with this code."""
    try:
        yield
    except RotationError as error:
        if error.code != code:
            raise


def _credentials(content: dict[str, Any]) -> Credentials:
    try:
        return Credentials(str(content["username"]), str(content["password"]))
    except KeyError as error:
        raise RotationError(f"a version of the secret has no {error}") from None
