from __future__ import annotations

import json

import pytest

from catalog_platform.commands import compare
from catalog_platform.errors import FindingsError, UsageError
from support.manifests import VALID, a_repository

OTHER = VALID.replace("sample", "other").replace("10.55", "10.66")


def pair(root, extra: str = ""):
    return a_repository(root / "r", sample=VALID, other=OTHER + extra)


def run(workspace, capsys, *, strict: bool = False, form: str = "text") -> tuple[int, str]:
    code = compare.run(workspace, left="sample", right="other", format=form, strict=strict)
    return code, capsys.readouterr().out


def test_differences_are_grouped_by_section_and_undeclared_ones_are_marked(tmp_path, capsys):
    code, output = run(pair(tmp_path, "stream: {shards: 4}\n"), capsys)
    assert code == 0
    assert output.startswith("sample → other: 3 keys differ: 1 not declared, 2 always different")
    assert "\n\nstream\n! shards  2 → 4\n" in output


def test_an_undeclared_difference_fails_only_with_strict(tmp_path, capsys):
    workspace = pair(tmp_path, "stream: {shards: 4}\n")
    code, output = run(workspace, capsys, strict=True)
    assert code == 1
    assert "environments/other.yaml:7:10: stream.shards: 4 here, 2 in sample" in output
    assert "7 | stream: {shards: 4}" in output


def test_a_declared_difference_passes(tmp_path, capsys):
    declared = "stream: {shards: 4}\ndivergences: [{key: stream, reason: more traffic by far}]\n"
    code, output = run(pair(tmp_path, declared), capsys, strict=True)
    assert code == 0
    assert "  shards  2 → 4  (more traffic by far)" in output


def test_json_has_both_sides_with_their_locations(tmp_path, capsys):
    _, output = run(pair(tmp_path, "stream: {shards: 4}\n"), capsys, form="json")
    (found,) = [
        each for each in json.loads(output)["differences"] if each["key"] == "stream.shards"
    ]
    assert (found["status"], found["left"]["value"], found["right"]["value"]) == (
        "undeclared",
        2,
        4,
    )
    assert (found["right"]["file"], found["right"]["line"]) == ("environments/other.yaml", 7)


def test_an_environment_with_errors_is_not_compared(tmp_path, capsys):
    with pytest.raises(FindingsError):
        run(pair(tmp_path, "divergences: [{key: x, reason: because of that}]\n"), capsys)


def test_an_unknown_environment_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="unknown environment 'prod'"):
        compare.run(pair(tmp_path), left="prod", right="other", format="text", strict=False)


def test_environments_that_differ_only_as_declared_pass_a_strict_comparison(examples, capsys):
    sides = {"left": "staging", "right": "production"}
    assert compare.run(examples, **sides, format="text", strict=True) == 0


def test_an_environment_does_not_differ_from_itself(tmp_path, capsys):
    declared = "divergences: [{key: stream, reason: more traffic by far}]\n"
    workspace = pair(tmp_path, declared)
    code = compare.run(workspace, left="other", right="other", format="text", strict=True)
    assert (code, capsys.readouterr().out) == (0, "other → other: no differences\n")
