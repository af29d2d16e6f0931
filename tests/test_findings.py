from __future__ import annotations

import pytest

from catalog_platform.findings import (
    Location,
    Severity,
    has_errors,
    sort_unique,
    suggestion,
    visible,
)
from support.manifests import a_finding


def test_findings_are_ordered_by_file_line_and_column():
    places = [Location("b", 1), Location("a", 10), Location("a", 9, 2), Location("a", 9)]
    shown = sort_unique(a_finding(location=place) for place in places)
    assert [str(each.location) for each in shown] == ["a:9:1", "a:9:2", "a:10:1", "b:1:1"]


def test_a_mistake_in_an_inherited_line_is_one_finding():
    assert len(sort_unique([a_finding(environment="dev"), a_finding(environment="prod")])) == 1


def test_different_messages_at_one_place_are_different_findings():
    assert len(sort_unique([a_finding(message="a"), a_finding(message="b")])) == 2


def test_only_errors_fail():
    assert not has_errors([a_finding(severity=Severity.WARNING), a_finding(severity=Severity.NOTE)])
    assert has_errors([a_finding(severity=Severity.WARNING), a_finding()])
    assert sorted(Severity, key=lambda each: each.rank)[0] is Severity.ERROR


def test_the_nearest_word_is_suggested_for_a_misspelt_one():
    assert suggestion("Databse", ["database", "cache"]) == "did you mean 'database'?"
    assert suggestion("zzz", ["database", "cache"]) == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Café — 名 🎉", "Café — 名 🎉"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b]0;x\x07", "\\x1b]0;x\\x07"),
        ("\u202e\u200b\ud800", "\\u202e\\u200b\\ud800"),
        ("\N{NO-BREAK SPACE}a", "\\xa0a"),
    ],
)
def test_invisible_characters_are_escaped(text, shown):
    assert visible(text) == shown
    assert str(Location(text)) == f"{shown}:1:1"
