from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from catalog_runtime import aws
from schema_migrator import access, custom_resource, handler
from schema_migrator.migrations import bundled
from support.answers import Answers, answers
from support.cloud import FakeSecretsManager
from support.invocations import Context, configure, database_variables
from support.outages import takes_at_most
from support.servers import OWN_DATABASE, PASSWORD, Server, connect

ROLE, READER = "catalog_app", "catalog_reader"


@pytest.fixture
def cloudformation() -> Iterator[Answers]:
    with answers() as running:
        yield running


def request(cloudformation: Answers, kind: str = "Create") -> dict[str, Any]:
    return {
        "RequestType": kind,
        "ResponseURL": cloudformation.url,
        "StackId": "arn:stack",
        "RequestId": "request-1",
        "ResourceType": "Custom::CatalogSchema",
        "LogicalResourceId": "Schema",
        "ResourceProperties": {"SchemaDigest": "abc"},
    }


NAMES = [migration.name for migration in bundled()]


@pytest.fixture
def deployed(own_database: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    secrets = FakeSecretsManager(
        database=json.dumps({"username": "postgres", "password": PASSWORD}),
        application=json.dumps({"username": ROLE, "password": "of the application"}),
        reader=json.dumps({"username": READER, "password": "of the reader"}),
    )
    monkeypatch.setattr(aws, "client", lambda *_, **__: secrets)
    application = {
        "DATABASE_NAME": OWN_DATABASE,
        "APPLICATION_AUTHENTICATION": "password",
        "APPLICATION_SECRET_ARN": "application",
        "APPLICATION_USERNAME": ROLE,
    }
    configure(monkeypatch, database_variables(own_database.port, **application))
    return own_database


@pytest.mark.e2e
@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_pending_migrations_are_applied_and_named(
    deployed: Server, cloudformation: Answers, kind: str
) -> None:
    handler.handle(request(cloudformation, kind), Context())

    assert cloudformation.bodies == [
        {
            "Status": "SUCCESS",
            "Reason": f"applied: {', '.join(NAMES)}",
            "PhysicalResourceId": "catalog-schema",
            "Data": {},
            "StackId": "arn:stack",
            "RequestId": "request-1",
            "LogicalResourceId": "Schema",
        }
    ]
    assert cloudformation.content_types == [""]
    with connect(deployed, OWN_DATABASE) as connection:
        connection.execute("SELECT * FROM stock_level")


@pytest.mark.e2e
def test_the_application_can_log_in_once_the_deployment_was_answered(
    deployed: Server, cloudformation: Answers
) -> None:
    handler.handle(request(cloudformation), Context())

    login = {"user": ROLE, "password": "of the application"}
    with connect(deployed, OWN_DATABASE, **login) as application:
        assert application.execute("SELECT count(*) FROM stock_level").fetchone() == (0,)


@pytest.mark.e2e
def test_the_reader_s_role_is_provided_where_there_is_a_reader(
    deployed: Server, cloudformation: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = {"user": READER, "password": "of the reader"}
    handler.handle(request(cloudformation), Context())
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        connect(deployed, OWN_DATABASE, **login)

    reader = {"AUTHENTICATION": "password", "SECRET_ARN": "reader", "USERNAME": READER}
    configure(monkeypatch, {f"READER_{name}": value for name, value in reader.items()})
    handler.handle(request(cloudformation), Context())
    with connect(deployed, OWN_DATABASE, **login) as connection:
        assert connection.execute("SELECT count(*) FROM stock_level").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM stock_level")


def test_an_incomplete_description_of_the_reader_s_role_is_answered(
    cloudformation: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("READER_USERNAME", READER)

    handler.handle(request(cloudformation), Context())

    assert "READER_AUTHENTICATION is missing" in cloudformation.bodies[0]["Reason"]


@pytest.mark.e2e
def test_a_password_that_is_rotated_while_it_is_provided_is_the_new_one(
    deployed: Server, cloudformation: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str | None] = []
    passwords = iter(("before", "before", "after", "after"))

    def read(_settings: object, _secrets: object) -> access.Role:
        return access.Role(ROLE, next(passwords))

    def provide(_connection: object, role: access.Role) -> None:
        given.append(role.password)

    monkeypatch.setattr(handler, "current_role", read)
    monkeypatch.setattr(handler, "provide", provide)
    handler.handle(request(cloudformation), Context())

    assert given == ["before", "after"]
    assert cloudformation.bodies[0]["Status"] == "SUCCESS"


@pytest.mark.e2e
def test_a_secret_of_another_role_fails_the_deployment(
    deployed: Server, cloudformation: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPLICATION_USERNAME", "somebody_else")

    handler.handle(request(cloudformation), Context())

    assert cloudformation.bodies[0]["Status"] == "FAILED"
    reason = cloudformation.bodies[0]["Reason"]
    assert "the secret of role somebody_else is for catalog_app" in reason


@pytest.mark.e2e
def test_a_request_that_comes_twice_succeeds_twice(
    deployed: Server, cloudformation: Answers
) -> None:
    handler.handle(request(cloudformation), Context())
    handler.handle(request(cloudformation), Context())

    assert [body["Reason"] for body in cloudformation.bodies] == [
        f"applied: {', '.join(NAMES)}",
        "applied: nothing",
    ]


@pytest.mark.e2e
def test_the_answer_comes_before_the_time_runs_out(
    deployed: Server, cloudformation: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "ANSWER_RESERVE_SECONDS", 0.4)

    def slow(_connection: object) -> list[str]:
        time.sleep(2)
        return []

    monkeypatch.setattr(handler, "migrate", slow)

    handler.handle(request(cloudformation), Context(seconds=1.4))

    (body,) = cloudformation.bodies
    assert (body["Status"], "time ran out" in body["Reason"]) == ("FAILED", True)


def test_delete_touches_nothing(cloudformation: Answers) -> None:
    handler.handle(request(cloudformation, "Delete"), Context())

    assert cloudformation.bodies[0]["Status"] == "SUCCESS"


def test_missing_settings_are_answered_with_all_names(
    cloudformation: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_HOST", "ENVIRONMENT_NAME"):
        monkeypatch.delenv(name, raising=False)

    handler.handle(request(cloudformation), Context())

    (body,) = cloudformation.bodies
    assert body["Status"] == "FAILED"
    assert "ENVIRONMENT_NAME is missing" in body["Reason"]
    assert "DATABASE_HOST is missing" in body["Reason"]


def test_an_unexpected_exception_is_answered_too(
    cloudformation: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_seconds: float) -> list[str]:
        raise ZeroDivisionError("a bug " + "ü\n" * 10_000)

    monkeypatch.setattr(handler, "_migrate", broken)

    handler.handle(request(cloudformation), Context())

    (body,) = cloudformation.bodies
    assert body["Status"] == "FAILED"
    assert body["Reason"].startswith("ZeroDivisionError: a bug")
    assert len(json.dumps(body, ensure_ascii=False).encode()) < 4096


def test_an_answer_that_is_refused_is_given_again(cloudformation: Answers) -> None:
    cloudformation.refusals = 2

    handler.handle(request(cloudformation, "Delete"), Context())

    assert len(cloudformation.bodies) == 1


def test_an_answer_whose_receipt_drips_is_given_again_in_bounded_time(
    cloudformation: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(custom_resource, "ANSWER_SECONDS", 0.5)
    cloudformation.dripping = 1

    with takes_at_most(0.5 + 0.2):
        handler.handle(request(cloudformation, "Delete"), Context())

    assert len(cloudformation.bodies) == 1


def test_an_answer_that_cannot_be_given_fails_the_invocation_so_that_it_is_repeated(
    cloudformation: Answers,
) -> None:
    cloudformation.refusals = 100

    with pytest.raises(custom_resource.AnswerError, match="503"):
        handler.handle(request(cloudformation, "Delete"), Context())
