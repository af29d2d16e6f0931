from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema_migrator.migrations import bundled
from schema_migrator.statements import CONTROL, transaction_control


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("COMMIT", [(1, "COMMIT")]),
        ("commit;", [(1, "COMMIT")]),
        ("SELECT 1;\n  End;", [(2, "END")]),
        ("SELECT 1;/* a /* b */ ; */\n-- c\nROLLBACK TO a", [(3, "ROLLBACK")]),
        ("SELECT 'it''s;';COMMIT", [(1, "COMMIT")]),
        (r"SELECT E'\';';COMMIT", [(1, "COMMIT")]),
        ("SELECT $1$;COMMIT", [(1, "COMMIT")]),
        ("SELECT a$b$;COMMIT;SELECT a$b$", [(1, "COMMIT")]),
        ("SELECT 1e5;COMMIT", [(1, "COMMIT")]),
        ("PREPARE TRANSACTION 'x'", [(1, "PREPARE TRANSACTION")]),
        ("START TRANSACTION; ABORT", [(1, "START"), (1, "ABORT")]),
        ("savepoint a; release a", [(1, "SAVEPOINT"), (1, "RELEASE")]),
        (
            "CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 1 END; END;COMMIT",
            [(1, "COMMIT")],
        ),
        ("CREATE TABLE b (a int); BEGIN", [(1, "BEGIN")]),
    ],
)
def test_statements_that_control_the_transaction_are_found_with_their_line(
    sql: str, expected: list[tuple[int, str]]
) -> None:
    assert transaction_control(sql) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELECT '; COMMIT;'",
        r"SELECT E'\'; COMMIT;'",
        "SELECT U&'; COMMIT;', N'; COMMIT'",
        'SELECT 1 AS "; COMMIT;"',
        "SELECT $$; COMMIT; $$, $a$ $$; COMMIT; $a$",
        "DO $$ BEGIN PERFORM 1; END $$",
        "-- ; COMMIT;\nSELECT 1 /* ; COMMIT; /* ; */ COMMIT; */",
        "CREATE OR REPLACE FUNCTION f() RETURNS int\nBEGIN ATOMIC\nSELECT 1;\nSELECT 2;\nEND",
        "CREATE PROCEDURE p() BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; END",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; COMMIT)",
        "PREPARE p AS SELECT 1",
        "SELECT 1 AS begin; SELECT 2 AS end",
        "(SELECT 1) UNION SELECT 2",
        "SELECT 'open; COMMIT",
        "SELECT $$ open; COMMIT",
        "/* open; COMMIT",
    ],
)
def test_what_only_looks_like_them_is_left_alone(sql: str) -> None:
    assert transaction_control(sql) == []


def test_no_bundled_migration_controls_its_transaction() -> None:
    for migration in bundled():
        migration.check()


HARMLESS = st.sampled_from(
    [
        *("SELECT 1", "SELECT 'a;b'", "SELECT $x$ ; COMMIT; $x$", "/* ; */ SELECT 1", '"a;"'),
        *("(;)", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END"),
        "-- ; COMMIT\nSELECT 2",
    ]
)


@given(st.lists(HARMLESS), st.sampled_from(sorted(CONTROL)), st.lists(HARMLESS))
def test_a_control_statement_is_found_wherever_it_stands(
    before: list[str], control: str, behind: list[str]
) -> None:
    found = transaction_control(" ;\n".join([*before, control, *behind]))

    assert [word for _, word in found] == [control]


@given(st.text(alphabet="';$\"/*-\\E\nab COMMIT", max_size=60))
def test_any_text_is_read_to_its_end(sql: str) -> None:
    transaction_control(sql)
