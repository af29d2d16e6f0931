"""Every error that PostgreSQL or its client library can raise has one reaction."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from catalog_runtime.database import DatabaseError
from catalog_runtime.reaction import Reaction
from catalog_runtime.sqlstate import REACTIONS, reaction_to, reaction_to_error
from support.trees import subclasses

# What psycopg looks errors up in, without the names that stand for the same classes.
CODES = sorted(code for code in psycopg.errors._sqlcodes if len(code) == 5 and "_" not in code)
EXPECTED = {
    "08006": Reaction.RETRY,
    "25006": Reaction.RETRY,
    "25P03": Reaction.RETRY,
    "28P01": Reaction.RETRY,
    "28000": Reaction.RETRY,
    "53100": Reaction.RETRY,
    "53200": Reaction.RETRY,
    "53300": Reaction.RETRY,
    "55P03": Reaction.RETRY,
    "57014": Reaction.RETRY,
    "57P01": Reaction.RETRY,
    "57P02": Reaction.RETRY,
    "57P03": Reaction.RETRY,
    "58030": Reaction.RETRY,
    "XX000": Reaction.RETRY,
    "40001": Reaction.REPEAT,
    "40P01": Reaction.REPEAT,
    "22009": Reaction.DEAD_LETTER,
    "22P02": Reaction.DEAD_LETTER,
    "23514": Reaction.DEAD_LETTER,
    "54000": Reaction.DEAD_LETTER,
    "3D000": Reaction.FAIL,
    "42501": Reaction.FAIL,
    "42P01": Reaction.FAIL,
    "25001": Reaction.FAIL,
    "XX001": Reaction.FAIL,
}


def test_every_class_of_sqlstates_is_classified_on_purpose() -> None:
    assert len(CODES) > 200

    assert {code for code in CODES if code not in REACTIONS and code[:2] not in REACTIONS} == set()


def test_no_classification_is_for_a_code_that_does_not_exist() -> None:
    known = {*CODES, *(code[:2] for code in CODES)}

    assert set(REACTIONS) <= known


@pytest.mark.parametrize(("code", "reaction"), EXPECTED.items())
def test_the_sqlstates_that_outages_and_bad_records_cause(code: str, reaction: Reaction) -> None:
    assert reaction_to(code) is reaction
    assert reaction_to_error(psycopg.errors.lookup(code)("x")) is reaction


def test_a_code_of_a_later_release_is_retried() -> None:
    assert reaction_to("ZZ123") is Reaction.RETRY


def test_every_exception_of_the_client_library_becomes_a_database_error() -> None:
    kinds: list[Any] = [psycopg.Error, *subclasses(psycopg.Error)]
    assert len(kinds) > 200

    for kind in kinds:
        error = DatabaseError.of(kind("words of the library"))
        assert isinstance(error.reaction, Reaction)
        assert "words of the library" in str(error)
        assert not error.login_refused


@pytest.mark.parametrize(
    ("error", "reaction"),
    [
        (psycopg.OperationalError("the connection is closed"), Reaction.RETRY),
        (psycopg.InterfaceError("x"), Reaction.RETRY),
        (psycopg.errors.ConnectionTimeout("x"), Reaction.RETRY),
        (psycopg.DataError("PostgreSQL text fields cannot contain NUL"), Reaction.DEAD_LETTER),
        (psycopg.ProgrammingError("the query has 2 placeholders"), Reaction.FAIL),
        (psycopg.NotSupportedError("x"), Reaction.FAIL),
    ],
)
def test_errors_without_a_sqlstate_are_classified_by_what_they_are(
    error: psycopg.Error, reaction: Reaction
) -> None:
    assert reaction_to_error(error) is reaction
