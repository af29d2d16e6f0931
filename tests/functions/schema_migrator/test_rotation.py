from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from catalog_runtime import aws
from catalog_runtime.database import DatabaseError
from catalog_runtime.reaction import Reaction
from schema_migrator.rotation import RotationError, handle
from support.cloud import FakeVersions
from support.invocations import configure, database_variables
from support.servers import Server, connect

pytestmark = pytest.mark.e2e

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


@dataclass
class Rotated:
    """A role on a real server, and the secret that opens it."""

    server: Server
    secret: FakeVersions

    def step(self, name: str, version: str = "second") -> None:
        handle({"Step": name, "SecretId": "arn", "ClientRequestToken": version}, None)

    def opens(self, version: str) -> bool:
        password = json.loads(self.secret.contents[version])["password"]
        try:
            connect(self.server, user="rotated", password=password).close()
        except psycopg.OperationalError:
            return False
        return True


@pytest.fixture
def rotated(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rotated]:
    secret = FakeVersions(json.dumps({"username": "rotated", "password": "p1", "port": 5432}))
    monkeypatch.setattr(aws, "client", lambda *_, **__: secret)
    user = {"DATABASE_SECRET_ARN": "arn", "DATABASE_USERNAME": "rotated"}
    configure(monkeypatch, database_variables(postgres.port, **user))
    with connect(postgres) as administrator:
        administrator.execute("CREATE ROLE rotated LOGIN PASSWORD 'p1'")
        yield Rotated(postgres, secret)
        administrator.execute("DROP ROLE rotated")


def test_after_all_steps_only_the_new_password_opens_the_database(rotated: Rotated) -> None:
    for step in STEPS:
        rotated.step(step)

    assert rotated.opens("second")
    assert not rotated.opens("first")
    assert rotated.secret.stages == {
        "first": ["AWSPREVIOUS"],
        "second": ["AWSPENDING", "AWSCURRENT"],
    }
    assert json.loads(rotated.secret.contents["second"]) | {"password": ""} == {
        "username": "rotated",
        "password": "",
        "port": 5432,
    }


def test_every_step_may_come_twice(rotated: Rotated) -> None:
    for step in STEPS:
        rotated.step(step)
        rotated.step(step)

    assert rotated.opens("second")
    assert rotated.secret.passwords == 1


def test_a_rotation_goes_on_where_an_earlier_one_lost_the_current_password(
    rotated: Rotated,
) -> None:
    rotated.secret.contents["zero"] = rotated.secret.contents["first"]
    rotated.secret.stages["zero"] = ["AWSPREVIOUS"]
    rotated.secret.contents["first"] = '{"username": "rotated", "password": "never set"}'

    for step in STEPS[:3]:
        rotated.step(step)

    assert rotated.opens("second")


def test_a_database_that_no_version_opens_is_an_error(rotated: Rotated) -> None:
    rotated.secret.contents["first"] = '{"username": "rotated", "password": "wrong"}'
    rotated.step("createSecret")

    with pytest.raises(RotationError, match="none of its versions opens the database"):
        rotated.step("setSecret")
    with pytest.raises(RotationError, match="does not open the database"):
        rotated.step("testSecret")


def test_a_pending_secret_of_another_user_is_refused(rotated: Rotated) -> None:
    rotated.secret.contents["second"] = '{"username": "another", "password": "p"}'

    with pytest.raises(RotationError, match="name must not change"):
        rotated.step("setSecret")


def test_a_version_without_a_stage_is_refused(rotated: Rotated) -> None:
    with pytest.raises(RotationError, match="version third of arn is not being rotated"):
        rotated.step("createSecret", "third")


def test_a_rotation_that_was_cancelled_by_hand_after_its_password_was_set_is_corrected_by_the_next(
    rotated: Rotated,
) -> None:
    rotated.step("createSecret")
    rotated.step("setSecret")
    # As the console's "remove label" does; no version that has a stage opens the database now.
    rotated.secret.stages["second"] = []
    with pytest.raises(RotationError, match="is not being rotated"):
        rotated.step("testSecret")
    assert not rotated.opens("first")

    rotated.secret.stages["third"] = ["AWSPENDING"]
    for step in STEPS:
        rotated.step(step, "third")

    assert rotated.opens("third")
    assert rotated.secret.stages["third"] == ["AWSPENDING", "AWSCURRENT"]


def test_a_second_rotation_that_takes_the_stage_over_wins(rotated: Rotated) -> None:
    rotated.step("createSecret")
    rotated.step("setSecret")
    rotated.secret.stages |= {"second": [], "third": ["AWSPENDING"]}

    for step in STEPS:
        rotated.step(step, "third")
        with pytest.raises(RotationError, match="is not being rotated"):
            rotated.step(step, "second")

    assert rotated.opens("third")


def test_of_two_invocations_that_create_a_password_at_once_one_wins(
    rotated: Rotated, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = rotated.secret.get_random_password

    def interrupted(**arguments: object) -> object:
        monkeypatch.setattr(rotated.secret, "get_random_password", draw)
        rotated.step("createSecret")
        return draw(**arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rotated.secret, "get_random_password", interrupted)
    for step in STEPS:
        rotated.step(step)

    assert json.loads(rotated.secret.contents["second"])["password"] == "1" * 32
    assert rotated.opens("second")


def test_a_database_that_is_away_is_not_taken_for_a_refusal(
    rotated: Rotated, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotated.step("createSecret")
    with monkeypatch.context() as away:
        away.setenv("DATABASE_PORT", "1")
        for step in ("setSecret", "testSecret"):
            with pytest.raises(DatabaseError, match="refused") as raised:
                rotated.step(step)
            assert not raised.value.login_refused

    for step in STEPS[1:]:
        rotated.step(step)
    assert rotated.opens("second")


def test_a_read_only_database_stops_the_rotation_before_the_password_is_current(
    rotated: Rotated,
) -> None:
    rotated.step("createSecret")
    with connect(rotated.server) as administrator:
        administrator.execute("ALTER ROLE rotated SET default_transaction_read_only = on")
        with pytest.raises(DatabaseError, match="25006") as raised:
            rotated.step("setSecret")
        assert raised.value.reaction is Reaction.RETRY
        administrator.execute("ALTER ROLE rotated RESET default_transaction_read_only")
    assert rotated.opens("first")

    for step in STEPS[1:]:
        rotated.step(step)
    assert rotated.opens("second")


@pytest.mark.parametrize("content", ["hunter2", "[]", '{"username": "rotated"}'])
def test_a_secret_of_a_wrong_format_is_refused_without_being_shown(
    rotated: Rotated, content: str
) -> None:
    rotated.secret.contents["second"] = content

    with pytest.raises(RotationError) as raised:
        rotated.step("setSecret")

    assert "hunter2" not in str(raised.value)


def test_a_secret_without_rotation_enabled_in_its_description_is_rotated(rotated: Rotated) -> None:
    rotated.secret.rotates = None

    for step in STEPS:
        rotated.step(step)

    assert rotated.opens("second")


def test_a_secret_without_rotation_is_refused(rotated: Rotated) -> None:
    rotated.secret.rotates = False

    with pytest.raises(RotationError, match="not set up for rotation"):
        rotated.step("createSecret")


@pytest.mark.parametrize("step", STEPS[2:])
def test_a_deployment_that_provides_the_old_password_during_a_rotation_is_overruled(
    rotated: Rotated, step: str
) -> None:
    for earlier in STEPS[: STEPS.index(step)]:
        rotated.step(earlier)
    with connect(rotated.server) as administrator:
        administrator.execute("ALTER ROLE rotated PASSWORD 'p1'")
    if step == "testSecret":
        with pytest.raises(RotationError, match="does not open"):
            rotated.step(step)
        return
    rotated.step(step)

    assert rotated.opens("second")
    assert "AWSCURRENT" in rotated.secret.stages["second"]


def test_a_finished_rotation_that_a_deployment_undid_is_corrected_when_the_step_comes_again(
    rotated: Rotated,
) -> None:
    for step in STEPS:
        rotated.step(step)
    with connect(rotated.server) as administrator:
        administrator.execute("ALTER ROLE rotated PASSWORD 'p1'")
    rotated.step("finishSecret")

    assert rotated.opens("second")
