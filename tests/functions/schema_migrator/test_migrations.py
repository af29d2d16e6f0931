from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema_migrator.migrations import (
    Migration,
    MigrationError,
    bundled,
    of_history,
    pending,
    read,
)

ONE = Migration("0001_one.sql", "SELECT 1")
TWO = Migration("0002_two.sql", "SELECT 2")
THREE = Migration("0003_three.sql", "SELECT 3")


def applied(*migrations: Migration) -> dict[str, str]:
    return {migration.name: migration.checksum for migration in migrations}


def test_the_bundled_migrations_are_in_order() -> None:
    assert [migration.number for migration in bundled()] == list(range(1, len(bundled()) + 1))


def test_what_is_not_applied_is_pending_in_order() -> None:
    assert pending([ONE, TWO, THREE], applied(ONE)) == (TWO, THREE)
    assert pending([ONE, TWO], applied(ONE, TWO)) == ()


def test_an_edited_migration_is_refused() -> None:
    edited = Migration(ONE.name, "SELECT 'something else'")

    with pytest.raises(MigrationError, match=r"0001_one\.sql: edited after it was applied"):
        pending([edited, TWO], applied(ONE))


def test_a_missing_migration_is_refused() -> None:
    renamed = Migration("0001_uno.sql", ONE.sql)

    with pytest.raises(MigrationError, match=r"0001_one\.sql: applied .* but not among the files"):
        pending([renamed, TWO], applied(ONE))


def test_a_migration_that_comes_too_late_is_refused() -> None:
    with pytest.raises(MigrationError, match=r"0001_one\.sql: comes before 0002_two\.sql"):
        pending([ONE, TWO], applied(TWO))


def test_a_database_that_is_ahead_is_left_alone() -> None:
    assert pending([ONE], applied(ONE, TWO, THREE)) == ()


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        (["0001_a.sql", "0003_c.sql"], r"0003_c\.sql: expected number 0002"),
        (["0001_a.sql", "0001_b.sql"], r"0001_b\.sql: expected number 0002"),
        (["0000_a.sql"], "expected number 0001"),
        (["1_a.sql"], "expected a name such as"),
        (["0001_Big.sql"], "expected a name such as"),
    ],
)
def test_a_file_that_breaks_the_order_is_named(
    tmp_path: Path, names: list[str], complaint: str
) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1")

    with pytest.raises(MigrationError, match=complaint):
        read(tmp_path)


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").write_bytes(b"SELECT '\xff'")

    with pytest.raises(MigrationError, match=r"0001_a\.sql: is not UTF-8"):
        read(tmp_path)


NAMES = st.sampled_from(
    [
        *("0001_one.sql", "0002_two.sql", "0003_three.sql", "0003_3.sql", "0001_one.sql\n"),
        *("by hand", "", "000", "9999_z", "\u0663\u0663\u0663\u0663_a.sql"),
    ]
) | st.text(max_size=20)
SUMS = st.sampled_from([ONE.checksum, TWO.checksum, THREE.checksum]) | st.text(max_size=3)


@given(
    st.lists(st.tuples(NAMES | st.none() | st.integers(), SUMS | st.none()), max_size=5),
    st.lists(NAMES, max_size=4),
)
def test_any_history_and_any_files_end_in_a_list_or_a_migration_error(
    rows: list[tuple[object, object]], names: list[str]
) -> None:
    files = [Migration(name, "SELECT 1") for name in names]
    with contextlib.suppress(MigrationError):
        pending([ONE, TWO, THREE], of_history(rows))
    with contextlib.suppress(MigrationError):
        pending(files, of_history(rows))
    with contextlib.suppress(MigrationError):
        pending(files, {str(name): str(checksum) for name, checksum in rows})


@given(st.integers(0, 3))
def test_a_history_that_the_files_continue_leaves_the_rest_pending(count: int) -> None:
    files = [ONE, TWO, THREE]
    rows = [(each.name, each.checksum) for each in files[:count]]

    assert pending(files, of_history(rows)) == tuple(files[count:])
