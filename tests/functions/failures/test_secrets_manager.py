"""Secrets Manager while it fails in every way, behind the functions' own client."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_runtime.database import Connection, Database, DatabaseError
from catalog_runtime.login import PasswordLogin
from catalog_runtime.reaction import Reaction
from catalog_runtime.secrets import SecretError, Secrets
from support.aws_endpoint import Endpoint, Failure
from support.aws_failures import RETRIED, answers, close, error, garbage, slow
from support.outages import BOUND_SECONDS, secret_of, takes_at_most
from support.servers import PASSWORD, Server, connect, database_settings

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("failure", "reaction"),
    [
        *((failure, Reaction.RETRY) for failure in RETRIED.values()),
        (error(403, "AccessDeniedException"), Reaction.FAIL),
        (error(400, "ResourceNotFoundException"), Reaction.FAIL),
        (error(400, "DecryptionFailure"), Reaction.FAIL),
        (error(400, "InvalidRequestException"), Reaction.FAIL),
        (error(400, "ThrottlingException"), Reaction.RETRY),
        (garbage(200), Reaction.RETRY),
        (answers(200, b"[1]"), Reaction.RETRY),
        (answers(200, b"null"), Reaction.RETRY),
        (answers(403, b"null"), Reaction.RETRY),
        (answers(200, b"5"), Reaction.RETRY),
        (answers(200, b'{"SecretString": 5}'), Reaction.FAIL),
        (answers(200, b"{}"), Reaction.FAIL),
    ],
)
def test_a_secret_that_cannot_be_fetched_is_an_error_of_its_kind(
    endpoint: Endpoint, fetched: Secrets, failure: Failure, reaction: Reaction
) -> None:
    endpoint.secrets["arn"] = "hunter2"
    endpoint.failure = failure
    with takes_at_most(BOUND_SECONDS), pytest.raises(SecretError) as raised:
        fetched.text("arn")
    assert raised.value.reaction is reaction

    endpoint.failure = None
    assert fetched.text("arn") == "hunter2"


def test_a_slow_secret_only_takes_longer(endpoint: Endpoint, fetched: Secrets) -> None:
    endpoint.secrets["arn"] = "hunter2"
    endpoint.failure = slow

    assert fetched.text("arn") == "hunter2"


def test_a_good_connection_and_a_good_secret_outlive_secrets_manager(
    endpoint: Endpoint, fetched: Secrets, postgres: Server
) -> None:
    login = PasswordLogin(fetched, "arn")
    database = Database(database_settings(postgres.port), login, application="outages")
    endpoint.secrets["arn"] = secret_of("postgres", PASSWORD)

    def own(connection: Connection) -> Any:
        return connection.execute("SELECT pg_backend_pid()").fetchone()

    first = database.run(own)
    endpoint.failure = close
    assert database.run(own) == first
    with connect(postgres) as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s, 5000)", first)
    # The secret that is known opens the database again.
    assert database.run(own) != first
    database.close()


def test_a_refused_log_in_without_secrets_manager_is_the_error_and_is_tried_again(
    endpoint: Endpoint, fetched: Secrets, postgres: Server
) -> None:
    login = PasswordLogin(fetched, "arn")
    database = Database(database_settings(postgres.port), login, application="outages")
    endpoint.secrets["arn"] = secret_of("postgres", "wrong")
    login.credentials()
    endpoint.failure = error(500, "InternalServiceError")

    for _ in range(2):
        with pytest.raises(DatabaseError, match="password authentication failed") as raised:
            database.run(lambda connection: connection.execute("SELECT 1"))
        assert raised.value.reaction is Reaction.RETRY

    endpoint.failure = None
    endpoint.secrets["arn"] = secret_of("postgres", PASSWORD)
    database.run(lambda connection: connection.execute("SELECT 1"))
    database.close()


@pytest.mark.parametrize(
    "content",
    ['{"username": "u", "password": 5}', '{"username": "u", "password": "a\\u0000b"}', "[" * 9999],
)
def test_a_secret_of_a_wrong_format_is_fetched_again_once_it_is_right(
    endpoint: Endpoint, fetched: Secrets, content: str
) -> None:
    endpoint.secrets["arn"] = content
    with pytest.raises(SecretError, match="expected a JSON object") as raised:
        fetched.credentials("arn")
    assert raised.value.reaction is Reaction.FAIL

    endpoint.secrets["arn"] = secret_of("u", "p")
    assert fetched.credentials("arn").username == "u"
