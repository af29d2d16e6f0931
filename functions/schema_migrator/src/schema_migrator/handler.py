"""The entry point of AWS Lambda: `Custom::CatalogSchema`."""

from __future__ import annotations

import os
import threading
from typing import Any, Protocol

from catalog_runtime import aws, logs
from catalog_runtime.database import Database, DatabaseError
from catalog_runtime.environment import SettingsError
from catalog_runtime.logs import LOGGER
from catalog_runtime.secrets import Secrets
from schema_migrator.custom_resource import Answer, Request
from schema_migrator.migrate import migrate
from schema_migrator.migrations import MigrationError
from schema_migrator.settings import Settings

# Time kept back to stop the work and to tell CloudFormation about it.
ANSWER_RESERVE_SECONDS = 20.0
SHORTEST_WORK_SECONDS = 1.0


class Context(Protocol):
    """What is used of Lambda's context object."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends this invocation."""
        ...


def handle(event: dict[str, Any], context: Context) -> None:
    """Apply pending migrations on Create and Update; Delete leaves schema and data alone.

    CloudFormation is answered whatever happens, also shortly before the time runs out.
    """
    request = Request.read(event)
    answer = Answer(request)
    remaining = context.get_remaining_time_in_millis() / 1000
    work_seconds = max(remaining - ANSWER_RESERVE_SECONDS, SHORTEST_WORK_SECONDS)
    late = threading.Timer(work_seconds + ANSWER_RESERVE_SECONDS / 4, _give_up, [answer])
    late.daemon = True
    late.start()
    try:
        applied = [] if request.kind == "Delete" else _migrate(work_seconds)
        answer.give("SUCCESS", f"applied: {', '.join(applied) or 'nothing'}")
    except (MigrationError, DatabaseError, SettingsError) as error:
        answer.give("FAILED", str(error))
    except Exception as error:
        LOGGER.exception("the migration failed unexpectedly")
        answer.give("FAILED", f"{type(error).__name__}: {error}")
    finally:
        late.cancel()


def _migrate(work_seconds: float) -> list[str]:
    settings = Settings.parse(os.environ).runtime
    logs.configure(settings.environment_name, settings.log_level)
    secrets = Secrets(aws.client("secretsmanager", connect_seconds=1, read_seconds=2, attempts=2))
    database = Database(
        settings.database,
        secrets,
        application="schema_migrator",
        statement_seconds=work_seconds,
    )
    try:
        return list(database.run(migrate))
    finally:
        database.close()


def _give_up(answer: Answer) -> None:
    answer.give("FAILED", "the time ran out before the migrations were applied")
