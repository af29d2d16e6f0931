"""Entry point of the Lambda function behind the custom resource `Custom::CatalogSchema`."""

from __future__ import annotations

import os
import threading
from typing import Any

from catalog_runtime import aws, logs
from catalog_runtime.database import Connection, Database, DatabaseError
from catalog_runtime.environment import SettingsError
from catalog_runtime.invocation import Context
from catalog_runtime.login import login_of
from catalog_runtime.logs import LOGGER
from catalog_runtime.secrets import SecretError, Secrets
from schema_migrator.access import Role, provide
from schema_migrator.custom_resource import Answer, CustomResourceRequest, Status
from schema_migrator.migrate import alone, migrate
from schema_migrator.migrations import MigrationError
from schema_migrator.settings import RoleSettings, Settings

# Reserved to stop the work and to send the response.
ANSWER_RESERVE_SECONDS = 20.0
SHORTEST_WORK_SECONDS = 1.0
# How often a role's password may change while the role is updated.
MOST_ROTATIONS = 3


def handle(event: dict[str, Any], context: Context) -> None:
    """Apply pending migrations and provide the functions' roles on Create and Update.

    Delete changes nothing.

    CloudFormation always gets a response, also shortly before the timeout. Raises
    `InvalidEventError` for an event without a valid ResponseURL, `AnswerError` when CloudFormation
    cannot be reached; Lambda then repeats the invocation, which is safe.
    """
    request = CustomResourceRequest.read(event)
    answer = Answer(request)
    remaining = context.get_remaining_time_in_millis() / 1000
    work_seconds = max(remaining - ANSWER_RESERVE_SECONDS, SHORTEST_WORK_SECONDS)
    late = threading.Timer(work_seconds + ANSWER_RESERVE_SECONDS / 4, _send_timeout, [answer])
    late.daemon = True
    late.start()
    try:
        answer.give(*_outcome(request, work_seconds))
    finally:
        late.cancel()


def _outcome(request: CustomResourceRequest, work_seconds: float) -> tuple[Status, str]:
    """Return status and reason of the response, also for unexpected errors."""
    # The resource owns nothing: a stack can always be deleted.
    if request.kind == "Delete":
        return "SUCCESS", "nothing to do"
    if request.problem:
        return "FAILED", f"not a request of CloudFormation: {request.problem}"
    try:
        applied = _migrate(work_seconds)
    except (MigrationError, DatabaseError, SecretError, SettingsError) as error:
        return "FAILED", str(error)
    except Exception as error:
        LOGGER.exception("the migration failed unexpectedly")
        return "FAILED", f"{type(error).__name__}: {error}"
    return "SUCCESS", f"applied: {', '.join(applied) or 'nothing'}"


def _migrate(work_seconds: float) -> list[str]:
    settings = Settings.parse(os.environ)
    runtime = settings.runtime
    logs.configure(runtime.environment_name, runtime.log_level)
    secrets = Secrets(aws.client("secretsmanager", connect_seconds=1, read_seconds=2, attempts=2))
    # An invalid secret fails before anything is migrated.
    for role in settings.roles:
        current_role(role, secrets)

    def work(connection: Connection) -> tuple[str, ...]:
        with alone(connection):
            applied = migrate(connection)
            for role in settings.roles:
                provide_current(connection, role, secrets)
        return applied

    database = Database(
        runtime.database,
        login_of(runtime.database, secrets, aws.session()),
        application="schema_migrator",
        statement_seconds=work_seconds,
        # The work must end in time even if the server does not answer. Otherwise Lambda would
        # repeat the invocation, which would migrate while the stack is rolled back.
        answer_seconds=work_seconds + 1,
        run_seconds=work_seconds + 1,
    )
    try:
        return list(database.run(work))
    finally:
        database.close()


def provide_current(connection: Connection, settings: RoleSettings, secrets: Secrets) -> None:
    """Update a role with the current password, also while it is being rotated.

    The secret is read again after its password was set, and a rotation checks its own password
    after it became current: one of the two detects the other. Raises `MigrationError`,
    `SecretError`.
    """
    provided = None
    for _ in range(MOST_ROTATIONS):
        secrets.forget(settings.secret_arn)
        role = current_role(settings, secrets)
        if role == provided:
            return
        provide(connection, role)
        provided = role
    raise MigrationError(
        f"the secret of {settings.username} changed repeatedly during the migration; try again"
    )


def current_role(settings: RoleSettings, secrets: Secrets) -> Role:
    """Return the role to provide. Raises `MigrationError` when its secret is for another user."""
    if settings.authentication == "iam":
        return Role(settings.username, None, settings.rights)
    credentials = secrets.credentials(settings.secret_arn)
    if credentials.username != settings.username:
        raise MigrationError(
            f"the secret of role {settings.username} is for {credentials.username}"
        )
    return Role(settings.username, credentials.password, settings.rights)


def _send_timeout(answer: Answer) -> None:
    answer.give("FAILED", "the time ran out before the migrations were applied")
