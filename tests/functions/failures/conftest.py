"""Processors whose stores can fail, with timeouts that tests can wait for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from catalog_runtime import database as runtime_database
from catalog_runtime.database import Database
from catalog_runtime.login import PasswordLogin
from catalog_runtime.secrets import Secrets
from inventory_processor import dead_letters, objects
from inventory_processor.archive import S3Archive
from inventory_processor.dead_letters import S3DeadLetters
from inventory_processor.postgres import PostgresStockStore
from support.aws_endpoint import Clients, Endpoint, aws_endpoint, client, use
from support.cloud import FakeSecretsManager
from support.forwarder import Forwarder, forwarder
from support.outages import (
    ANSWER_SECONDS,
    BOUND_SECONDS,
    LOG_IN_SECONDS,
    QUEUE_URL,
    RUN_SECONDS,
    OutageProcessor,
    secret_of,
)
from support.processor_harness import ProcessorHarness
from support.servers import PASSWORD, Server, database_settings


@pytest.fixture(autouse=True)
def short_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Log-ins end in a time that tests can wait for."""
    monkeypatch.setattr(runtime_database, "CONNECT_SECONDS", LOG_IN_SECONDS)


@pytest.fixture
def network(schema: Server) -> Iterator[Forwarder]:
    """A forwarder to the database, which has its schema and no rows."""
    with forwarder(schema.port) as running:
        yield running


@pytest.fixture
def secrets() -> FakeSecretsManager:
    """The administrator's secret."""
    return FakeSecretsManager(database=secret_of("postgres", PASSWORD))


@pytest.fixture
def database(network: Forwarder, secrets: FakeSecretsManager) -> Iterator[Database]:
    """The functions' own client of that database."""
    made = Database(
        database_settings(network.port),
        PasswordLogin(Secrets(secrets), "database"),
        application="outages",
        prepares=True,
        answer_seconds=ANSWER_SECONDS,
        run_seconds=RUN_SECONDS,
    )
    yield made
    made.close()


@pytest.fixture
def processor(
    database: Database, schema: Server, capsys: pytest.CaptureFixture[str]
) -> OutageProcessor:
    """The processor on that database; all other stores work."""
    around = ProcessorHarness(capsys)
    around.processor = replace(around.processor, store=PostgresStockStore(database))
    return OutageProcessor(around, schema)


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    """Clients of an endpoint, with timeouts that tests can wait for."""
    with pytest.MonkeyPatch.context() as patch, aws_endpoint() as running:
        patch.setattr(objects, "PUT_SECONDS", BOUND_SECONDS)
        patch.setattr(dead_letters, "SEND_SECONDS", BOUND_SECONDS)
        use(running.url, patch)
        yield Clients(running, client("s3"), client("sqs"), client("secretsmanager"))


@pytest.fixture
def endpoint(clients: Clients) -> Endpoint:
    """The endpoint, working and empty."""
    clients.endpoint.reset()
    return clients.endpoint


@pytest.fixture
def around(
    clients: Clients, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
) -> ProcessorHarness:
    """A processor with archive and dead letters at the endpoint, and a database in memory."""
    found = ProcessorHarness(capsys)
    found.processor = replace(
        found.processor,
        archive=S3Archive(clients.s3, "archive"),
        dead_letters=S3DeadLetters(clients.s3, "dead", clients.sqs, QUEUE_URL),
    )
    return found


@pytest.fixture
def fetched(clients: Clients, endpoint: Endpoint) -> Secrets:
    """Secrets that were not fetched yet."""
    return Secrets(clients.secrets_manager, BOUND_SECONDS)
