from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import boto3
import botocore.session
import pytest

from catalog_runtime.database import Connection, Database
from catalog_runtime.login import PasswordLogin, TokenLogin, login_of
from catalog_runtime.secrets import Credentials, SecretError, Secrets
from support.cloud import FakeSecretsManager
from support.servers import Server, connect, database_settings

HOST = "catalog.abc.eu-west-1.rds.amazonaws.com"


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> botocore.session.Session:
    """What Lambda puts into a function's environment."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "session/token==",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    return botocore.session.Session()


def token_login(session: botocore.session.Session) -> TokenLogin:
    settings = database_settings(
        5432, host=HOST, authentication="iam", username="catalog_app", secret_arn=""
    )
    login = login_of(settings, Secrets(FakeSecretsManager()), session)
    assert isinstance(login, TokenLogin)
    return login


def test_a_token_is_the_one_that_the_aws_sdk_makes(identity: botocore.session.Session) -> None:
    login = token_login(identity)
    rds = boto3.session.Session(botocore_session=identity).client("rds")
    for _ in range(50):
        expected = rds.generate_db_auth_token(HOST, 5432, "catalog_app")
        token = login.credentials().password
        if _signed_at(token) == _signed_at(expected):
            break
    assert _parts(token) == _parts(expected)
    assert login.credentials().username == "catalog_app"


def test_a_token_lives_as_long_as_rds_allows_and_names_the_role(
    identity: botocore.session.Session,
) -> None:
    token = token_login(identity).credentials().password
    assert token.startswith(f"{HOST}:5432/?")
    query = parse_qs(urlsplit(f"https://{token}").query)
    assert query["X-Amz-Expires"] == ["900"]
    assert query["DBUser"] == ["catalog_app"]
    assert query["Action"] == ["connect"]
    assert "/eu-west-1/rds-db/aws4_request" in query["X-Amz-Credential"][0]


def test_a_refused_token_is_not_tried_again(identity: botocore.session.Session) -> None:
    login = token_login(identity)
    assert login.renewed(login.credentials()) is None


def test_without_credentials_no_token_is_signed(
    identity: botocore.session.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    with pytest.raises(SecretError, match="no AWS credentials"):
        token_login(identity).credentials()


def test_a_rotated_password_is_newer_than_the_refused_one() -> None:
    client = FakeSecretsManager(database='{"username": "app", "password": "old"}')
    login = PasswordLogin(Secrets(client), "database")
    used = login.credentials()
    assert login.renewed(used) is None
    client.secrets["database"] = '{"username": "app", "password": "new"}'
    assert login.renewed(used) == Credentials("app", "new")


@pytest.mark.e2e
def test_a_token_reaches_the_server_as_the_role_s_password(
    postgres: Server, identity: botocore.session.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = database_settings(
        postgres.port, authentication="iam", username="by_token", secret_arn=""
    )
    login = TokenLogin(settings, identity)
    token = login.credentials()
    monkeypatch.setattr(login, "credentials", lambda: token)
    with connect(postgres) as administrator:
        administrator.execute(f"CREATE ROLE by_token LOGIN PASSWORD '{token.password}'")
    database = Database(settings, login, application="test")

    def user(connection: Connection) -> object:
        row = connection.execute("SELECT current_user").fetchone()
        return row and row[0]

    try:
        assert database.run(user) == "by_token"
    finally:
        database.close()
        with connect(postgres) as administrator:
            administrator.execute("DROP ROLE by_token")


def _parts(token: str) -> tuple[str, dict[str, list[str]]]:
    url = urlsplit(f"https://{token}")
    return url.netloc + url.path, parse_qs(url.query)


def _signed_at(token: str) -> str:
    return _parts(token)[1]["X-Amz-Date"][0]
