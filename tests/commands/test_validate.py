from __future__ import annotations

import json

import pytest

from catalog_platform.commands import validate
from catalog_platform.errors import UsageError
from catalog_platform.manifest import Manifests
from catalog_platform.workspace import Workspace
from support.manifests import DEFAULTS, VALID, a_repository, with_lines


def run(workspace: Workspace, **options: object) -> int:
    chosen = {"format": "text", "sarif": None, **options}
    return validate.run(workspace, **chosen)  # type: ignore[arg-type]


MISTAKES = "database:\n  multi_azz: true\n  port: 80\ncache:\n  shards: '{{ cahce.port }}'\n"


def test_valid_manifests_exit_0_and_are_listed(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    assert run(workspace, names=[]) == 0
    out, err = capsys.readouterr()
    assert out == "no findings\n"
    assert err == "✓ 1 environment valid: sample\n"


def test_three_mistakes_are_three_findings_and_exit_1(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=with_lines(MISTAKES))
    assert run(workspace, names=["sample"], format="json") == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(each["line"], each["rule"]) for each in findings] == [
        (8, "unknown-key"),
        (9, "out-of-range"),
        (11, "expression"),
    ]


def test_all_environments_are_validated_when_none_is_named(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", a="x: [", b="y: [")
    assert run(workspace, names=[]) == 1
    assert capsys.readouterr().out.endswith("2 errors\n")


def test_an_unknown_environment_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError):
        run(a_repository(tmp_path / "r", sample=VALID), names=["simple"])


def test_text_appears_as_environments_are_checked(tmp_path, capsys, monkeypatch):
    workspace = a_repository(tmp_path / "r", a="x: 1\n", b="y: 1\n")
    seen = []
    real = Manifests.check

    def watched(manifests, names, on_checked):
        def record(name, findings):
            on_checked(name, findings)
            seen.append((name, capsys.readouterr().out.count("[unknown-key]")))

        return real(manifests, names, record)

    monkeypatch.setattr(Manifests, "check", watched)
    run(workspace, names=[])
    assert seen == [("a", 1), ("b", 1), ("", 0)]


def test_findings_of_inherited_lines_are_shown_and_counted_once(tmp_path, capsys):
    other = VALID.replace("sample", "other").replace("10.55", "10.56")
    workspace = a_repository(
        tmp_path / "r", defaults=DEFAULTS + "nothing: 1\n", sample=VALID, other=other
    )
    run(workspace, names=[])
    out = capsys.readouterr().out
    assert out.count("[unknown-key]") == 1
    assert out.endswith("\n1 error\n")


def test_many_environments_are_named_by_their_number(tmp_path, capsys):
    names = [f"env-{number}" for number in range(60)]
    files = {
        name: VALID.replace("sample", name).replace("10.55.", f"10.{number}.")
        for number, name in enumerate(names)
    }
    assert run(a_repository(tmp_path / "r", **files), names=[]) == 0
    assert capsys.readouterr().err == "✓ 60 environments valid\n"


def test_one_run_writes_text_and_sarif(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=with_lines(MISTAKES))
    file = tmp_path / "findings.sarif"
    assert run(workspace, names=[], sarif=file) == 1
    assert capsys.readouterr().out.endswith("\n3 errors\n")
    alone = run(workspace, names=[], format="sarif"), capsys.readouterr().out
    assert alone == (1, file.read_text())


def test_an_invalid_output_path_is_refused_before_validation(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=with_lines(MISTAKES))
    with pytest.raises(UsageError, match="does not exist"):
        run(workspace, names=[], sarif=tmp_path / "missing" / "findings.sarif")
    assert capsys.readouterr().out == ""
