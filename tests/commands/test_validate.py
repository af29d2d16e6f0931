from __future__ import annotations

import json

import pytest

from catalog_platform.commands import validate
from catalog_platform.errors import UsageError
from support.manifests import SOUND, a_repository, with_lines

MISTAKES = "database:\n  multi_azz: true\n  port: 80\ncache:\n  shards: '{{ cahce.port }}'\n"


def test_sound_manifests_exit_0_and_say_which_were_read(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=SOUND)
    assert validate.run(workspace, names=[], format="text") == 0
    out, err = capsys.readouterr()
    assert out == "no findings\n"
    assert err == "catalogctl: sound: sample\n"


def test_three_mistakes_are_three_findings_and_exit_1(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=with_lines(MISTAKES))
    assert validate.run(workspace, names=["sample"], format="json") == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(each["line"], each["rule"]) for each in findings] == [
        (8, "unknown-key"),
        (9, "out-of-range"),
        (11, "expression"),
    ]


def test_all_environments_are_validated_when_none_is_named(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", a="x: [", b="y: [")
    assert validate.run(workspace, names=[], format="text") == 1
    assert capsys.readouterr().out.endswith("2 errors\n")


def test_an_unknown_environment_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError):
        validate.run(a_repository(tmp_path / "r", sample=SOUND), names=["simple"], format="text")
