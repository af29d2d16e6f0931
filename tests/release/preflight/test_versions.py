from __future__ import annotations

import pytest

from catalog_platform.release.preflight.versions import covers, is_older, newest, parse


@pytest.mark.parametrize(
    ("text", "version"), [("17.9", (17, 9)), ("17", (17,)), ("6.x", None), ("", None), (None, None)]
)
def test_versions_are_numbers_with_dots(text: str | None, version: tuple[int, ...] | None) -> None:
    assert parse(text) == version


def test_a_major_version_covers_its_minor_versions() -> None:
    assert covers("17", "17.9")
    assert covers("17.9", "17.9")
    assert not covers("17.1", "17.10")
    assert not covers("17.9", "17")


def test_a_major_version_is_not_older_than_its_minor_versions() -> None:
    assert is_older("17.8", "17.10")
    assert is_older("16", "17.1")
    assert not is_older("17", "17.9")
    assert not is_older("18.1", "17.9")
    assert not is_older("6.x", "7.1")


def test_the_newest_versions_come_first() -> None:
    assert newest(["17.9", "17.10", "17.2"], 2) == "17.10, 17.9"
