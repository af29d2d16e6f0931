from __future__ import annotations

import json
import ssl

import pytest

from catalog_runtime.database import Connection, Database, DatabaseError, authorities
from catalog_runtime.login import PasswordLogin
from catalog_runtime.secrets import Secrets
from support.cloud import FakeSecretsManager
from support.servers import PASSWORD, Server, connect, database_settings


def login(client: FakeSecretsManager) -> PasswordLogin:
    return PasswordLogin(Secrets(client), "database")


def answer(connection: Connection) -> object:
    row = connection.execute("SELECT 42").fetchone()
    return row and row[0]


def test_the_authorities_are_roots_of_rds_that_are_valid_for_decades() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=authorities("rds"))

    certificates = context.get_ca_certs()
    assert len(certificates) == 81
    for certificate in certificates:
        assert certificate["subject"] == certificate["issuer"]
        assert "Amazon Web Services" in str(certificate["subject"])
        assert int(str(certificate["notAfter"]).split()[3]) >= 2061


def test_a_proxy_s_certificate_is_held_to_amazon_s_public_root() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=authorities("public"))

    assert "Amazon Root CA 1" in str(context.get_ca_certs())


@pytest.mark.e2e
def test_a_server_without_tls_is_refused_when_tls_is_asked_for(postgres: Server) -> None:
    secret = json.dumps({"username": "postgres", "password": PASSWORD})
    database = Database(
        database_settings(postgres.port, tls="verify-full"),
        login(FakeSecretsManager(database=secret)),
        application="test",
    )

    with pytest.raises(DatabaseError, match="does not support SSL"):
        database.run(answer)


@pytest.mark.e2e
def test_a_password_that_was_rotated_while_running_is_fetched_again(postgres: Server) -> None:
    client = FakeSecretsManager(database='{"username": "rotating", "password": "first"}')
    database = Database(database_settings(postgres.port), login(client), application="rotating")
    with connect(postgres) as administrator:
        administrator.execute("DROP ROLE IF EXISTS rotating")
        administrator.execute("CREATE ROLE rotating LOGIN PASSWORD 'first'")
        assert database.run(answer) == 42
        administrator.execute("ALTER ROLE rotating PASSWORD 'second'")
        administrator.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE usename = 'rotating'"
        )
    client.secrets["database"] = '{"username": "rotating", "password": "second"}'

    assert database.run(answer) == 42
    assert client.fetched == ["database", "database"]
    database.close()


@pytest.mark.e2e
def test_a_wrong_password_is_an_error_that_does_not_show_it(postgres: Server) -> None:
    client = FakeSecretsManager(database='{"username": "postgres", "password": "hunter2"}')
    database = Database(database_settings(postgres.port), login(client), application="test")

    with pytest.raises(DatabaseError, match="password authentication failed") as raised:
        database.run(answer)

    assert "hunter2" not in str(raised.value)
    assert client.fetched == ["database", "database"]


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("kept", "refused"), [("repeatable read", False), ("read committed", True)]
)
def test_a_role_that_works_less_isolated_than_is_needed_is_refused(
    postgres: Server, kept: str, refused: bool
) -> None:
    client = FakeSecretsManager(database='{"username": "isolated", "password": "pass"}')
    database = Database(
        database_settings(postgres.port),
        login(client),
        application="test",
        isolation="repeatable read",
    )
    with connect(postgres) as administrator:
        administrator.execute("CREATE ROLE isolated LOGIN PASSWORD 'pass'")
        administrator.execute(f"ALTER ROLE isolated SET default_transaction_isolation = '{kept}'")
        try:
            for _ in range(2):
                if refused:
                    with pytest.raises(DatabaseError, match="isolated works in read committed"):
                        database.run(answer)
                else:
                    assert database.run(answer) == 42
            database.close()
        finally:
            administrator.execute("DROP ROLE isolated")
