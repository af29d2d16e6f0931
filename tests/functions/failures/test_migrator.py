"""The migrator while the database or Secrets Manager fails during a deployment.

CloudFormation gets a response each time, and the next deployment continues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from catalog_runtime import aws
from catalog_runtime.secrets import Secrets
from schema_migrator import handler, rotation
from schema_migrator.rotation import RotationError
from support.answers import Answers, answers
from support.aws_endpoint import Clients, Failure
from support.aws_failures import close, drip, drip_body, error, garbage
from support.cloud import FakeSecretsManager
from support.forwarder import Forwarder, forwarder
from support.invocations import Context, configure, database_variables
from support.outages import BOUND_SECONDS, LOG_IN_SECONDS, secret_of, takes_at_most
from support.servers import OWN_DATABASE, PASSWORD, Server, connect

pytestmark = pytest.mark.e2e

WORK_SECONDS = 10.0
SHORT_WORK_SECONDS = 1.0


@dataclass
class Deployment:
    """A deployment of the schema, its database connection, and CloudFormation's response."""

    server: Server
    network: Forwarder
    secrets: FakeSecretsManager
    cloudformation: Answers

    def run(self, work_seconds: float = WORK_SECONDS) -> tuple[str, str]:
        """Status and reason of the one answer."""
        seconds = work_seconds + handler.ANSWER_RESERVE_SECONDS
        identity = {"StackId": "arn:stack", "RequestId": "r", "LogicalResourceId": "Schema"}
        kind = {"RequestType": "Update", "ResponseURL": self.cloudformation.url}
        with takes_at_most(seconds):
            handler.handle(kind | identity, Context(seconds))
        (body,) = self.cloudformation.bodies
        self.cloudformation.bodies.clear()
        return body["Status"], body["Reason"]

    def fails(self, reason: str, work_seconds: float = WORK_SECONDS) -> None:
        status, found = self.run(work_seconds)
        assert status == "FAILED"
        assert reason in found

    def succeeds(self) -> None:
        status, reason = self.run()
        assert status == "SUCCESS", reason
        with connect(self.server, OWN_DATABASE) as connection:
            connection.execute("SELECT * FROM public.stock_level, public.product_fact")

    def execute(self, *statements: str) -> None:
        with connect(self.server, OWN_DATABASE) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@pytest.fixture
def deployment(own_database: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    secrets = FakeSecretsManager(
        database=secret_of("postgres", PASSWORD), application=secret_of("outage_app", "a")
    )
    monkeypatch.setattr(aws, "client", lambda *_, **__: secrets)
    monkeypatch.setattr(handler, "ANSWER_RESERVE_SECONDS", 8.0)
    with forwarder(own_database.port) as network, answers() as cloudformation:
        application = {
            "DATABASE_NAME": OWN_DATABASE,
            "APPLICATION_AUTHENTICATION": "password",
            "APPLICATION_SECRET_ARN": "application",
            "APPLICATION_USERNAME": "outage_app",
        }
        configure(monkeypatch, database_variables(network.port, **application))
        yield Deployment(own_database, network, secrets, cloudformation)


def in_the_middle(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]
) -> pytest.MonkeyPatch:
    """Something happens between the migrators' lock and the first migration, once."""
    migrate = handler.migrate  # type: ignore[attr-defined]

    def wrapped(connection: Any) -> Any:
        monkeypatch.setattr(handler, "migrate", migrate)
        happens()
        return migrate(connection)

    monkeypatch.setattr(handler, "migrate", wrapped)
    return monkeypatch


def test_a_database_that_refuses_connections_fails_the_deployment(deployment: Deployment) -> None:
    deployment.network.refuse()
    deployment.fails("Connection refused")
    deployment.network.restore()
    deployment.succeeds()


def test_a_database_that_hangs_fails_the_deployment_in_bounded_time(
    deployment: Deployment,
) -> None:
    deployment.network.hang()
    with takes_at_most(LOG_IN_SECONDS):
        deployment.fails("log-in: no answer within")
    deployment.network.restore()
    deployment.succeeds()


def test_a_database_that_hangs_in_the_middle_ends_the_work_before_the_time_is_over(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_middle(monkeypatch, deployment.network.hang)
    with takes_at_most(SHORT_WORK_SECONDS + 1):
        deployment.fails("no answer within", SHORT_WORK_SECONDS)
    deployment.network.restore()
    deployment.succeeds()


def test_a_failover_in_the_middle_fails_the_deployment_and_the_next_one_goes_on(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_middle(monkeypatch, deployment.network.reset_connections)
    status, _ = deployment.run()
    assert status == "FAILED"
    deployment.succeeds()


def test_a_slow_database_only_takes_longer(deployment: Deployment) -> None:
    deployment.network.delay(0.02)
    deployment.succeeds()


def test_a_read_only_database_fails_the_deployment(deployment: Deployment) -> None:
    deployment.execute(f"ALTER DATABASE {OWN_DATABASE} SET default_transaction_read_only = on")
    deployment.fails("25006")
    with connect(deployment.server) as administrator:
        administrator.execute(f"ALTER DATABASE {OWN_DATABASE} RESET default_transaction_read_only")
    deployment.succeeds()


def test_a_full_disk_fails_the_deployment(deployment: Deployment) -> None:
    deployment.execute(
        "CREATE FUNCTION full_disk() RETURNS event_trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END$$",
        "CREATE EVENT TRIGGER full_disk ON ddl_command_start WHEN TAG IN ('CREATE TABLE')"
        " EXECUTE FUNCTION full_disk()",
    )
    deployment.fails("53100")
    deployment.execute("DROP EVENT TRIGGER full_disk")
    deployment.succeeds()


def test_a_wrong_password_fails_the_deployment(deployment: Deployment) -> None:
    deployment.secrets.secrets["database"] = secret_of("postgres", "wrong")
    deployment.fails("password authentication failed")


def test_a_password_that_is_rotated_meanwhile_is_fetched_again(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, texts = deployment.secrets.get_secret_value, iter(["wrong", PASSWORD])

    def rotated(*, SecretId: str) -> dict[str, str]:  # noqa: N803
        if SecretId == "database":
            deployment.secrets.secrets["database"] = secret_of("postgres", next(texts))
        return fetch(SecretId=SecretId)

    monkeypatch.setattr(deployment.secrets, "get_secret_value", rotated)
    deployment.succeeds()


def test_another_table_of_that_name_fails_the_deployment(deployment: Deployment) -> None:
    deployment.execute("CREATE VIEW public.stock_level AS SELECT 1 AS sku")
    deployment.fails('ERROR 42P07 - relation "stock_level" already exists')
    deployment.execute("DROP VIEW public.stock_level")
    deployment.succeeds()


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (drip, "cannot be fetched: no answer within"),
        (error(400, "AccessDeniedException"), "AccessDeniedException"),
        (error(400, "ResourceNotFoundException"), "ResourceNotFoundException"),
    ],
)
def test_secrets_manager_away_fails_the_deployment(
    deployment: Deployment,
    clients: Clients,
    monkeypatch: pytest.MonkeyPatch,
    failure: Failure,
    reason: str,
) -> None:
    fetch = clients.secrets_manager.get_secret_value
    monkeypatch.setattr(deployment.secrets, "get_secret_value", fetch)
    monkeypatch.setattr(handler, "Secrets", lambda client: Secrets(client, BOUND_SECONDS))
    clients.endpoint.failure = failure
    deployment.fails(reason)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (drip, "no answer within"),
        (drip_body, "no answer within"),
        (close, "ConnectionClosedError"),
        (garbage(502), "502"),
        (error(400, "AccessDeniedException"), "AccessDeniedException"),
    ],
)
def test_secrets_manager_away_fails_a_rotation_in_bounded_time(
    deployment: Deployment,
    clients: Clients,
    monkeypatch: pytest.MonkeyPatch,
    failure: Failure,
    reason: str,
) -> None:
    monkeypatch.setattr(aws, "client", lambda *_, **__: clients.secrets_manager)
    monkeypatch.setattr(rotation, "CALL_SECONDS", BOUND_SECONDS)
    clients.endpoint.failure = failure
    event = {"Step": "createSecret", "SecretId": "arn", "ClientRequestToken": "version"}
    with takes_at_most(BOUND_SECONDS), pytest.raises(RotationError, match=reason):
        rotation.handle(event, None)
