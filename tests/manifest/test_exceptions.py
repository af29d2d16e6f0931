"""A production rule can be broken for a while, by a declaration that is reported."""

from __future__ import annotations

import pytest

from catalog_platform.findings import Severity
from catalog_platform.manifest import Manifests
from support.exceptions import NO_STANDBY, PRODUCTION, exception
from support.manifests import a_repository, findings_of


def test_a_declared_exception_is_a_note(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=PRODUCTION + NO_STANDBY + exception())
    (found,) = findings_of(workspace)
    assert (found.rule, found.severity) == ("production-tolerates-zone-loss", Severity.NOTE)
    assert "by catalog-platform: The catalog is fed again within minutes." in found.message
    assert Manifests(workspace).load("sample").database.multi_az is False


def test_a_reason_of_several_lines_is_one_line_of_the_note(tmp_path):
    reason = '"The catalog is\\nfed again within minutes.\\n"'
    workspace = a_repository(
        tmp_path / "r", sample=PRODUCTION + NO_STANDBY + exception(reason=reason)
    )
    (found,) = findings_of(workspace)
    assert found.message.endswith(": The catalog is fed again within minutes.")


def test_an_exception_covers_its_own_key_only(tmp_path):
    text = PRODUCTION + NO_STANDBY + "cache: {replicas_per_shard: 0}\n" + exception()
    found = findings_of(a_repository(tmp_path / "r", sample=text))
    errors = [each.path for each in found if each.severity is Severity.ERROR]
    assert errors == ["cache.replicas_per_shard"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (exception(days=-1), "expired on"),
        (exception(days=401), "more than 400 days ahead"),
        (exception(expires="2030-02-31"), "is not a date"),
        (exception(rule="storage-can-grow"), "allows no exceptions"),
        (exception(key="cache.replicas_per_shard"), "does not break"),
        (exception() + exception().partition("\n")[2], "already has an exception"),
    ],
)
def test_a_wrong_exception_is_an_error(tmp_path, text, words):
    found = findings_of(a_repository(tmp_path / "r", sample=PRODUCTION + NO_STANDBY + text))
    (error,) = [each for each in found if each.rule == "exception"]
    assert words in error.message
    assert error.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        (exception(reason="because"), "wrong-length", "at least 20 characters, but has 7"),
        (exception(expires="tomorrow"), "wrong-form", "does not have the required form"),
        (exception(key="database.multi"), "unknown-key", "unknown key 'database.multi'"),
    ],
)
def test_a_malformed_exception_says_what_is_required(tmp_path, text, rule, words):
    (found,) = findings_of(a_repository(tmp_path / "r", sample=PRODUCTION + text))
    assert found.rule == rule
    assert words in found.message
    assert found.location.line > 1


@pytest.mark.parametrize("days", [0, 400])
def test_an_exception_is_valid_on_its_first_and_last_day(tmp_path, days):
    text = PRODUCTION + NO_STANDBY + exception(days=days)
    assert [each.severity for each in findings_of(a_repository(tmp_path / "r", sample=text))] == [
        Severity.NOTE
    ]


def test_without_a_declaration_the_rule_is_an_error_that_names_the_way(tmp_path):
    (found,) = findings_of(a_repository(tmp_path / "r", sample=PRODUCTION + NO_STANDBY))
    assert found.severity is Severity.ERROR
    assert "`exceptions`" in found.hint
    assert "tier" not in found.hint
