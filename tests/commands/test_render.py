from __future__ import annotations

import json

import pytest
import yaml

from catalog_platform.commands import render
from catalog_platform.errors import FindingsError
from catalog_platform.manifest import Manifests
from support.manifests import VALID, a_repository, with_lines


@pytest.mark.parametrize(("form", "load"), [("yaml", yaml.safe_load), ("json", json.loads)])
def test_the_whole_environment_is_printed(tmp_path, capsys, form, load):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    assert render.run(workspace, name="sample", format=form, origins=False) == 0
    assert load(capsys.readouterr().out) == Manifests(workspace).resolve("sample").tree


def test_origins_are_the_lines_that_set_the_values(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    render.run(workspace, name="sample", format="yaml", origins=True)
    lines = capsys.readouterr().out.splitlines()
    assert any(line.endswith("# environments/sample.yaml:6:9") and "cidr" in line for line in lines)
    assert all("environments/defaults.yaml:" in line for line in lines if "port:" in line)


def test_origins_in_json_are_data(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    render.run(workspace, name="sample", format="json", origins=True)
    output = json.loads(capsys.readouterr().out)
    assert output["network.cidr"]["value"] == "10.55.0.0/16"
    assert [output["network.cidr"][key] for key in ("file", "line", "column")] == [
        "environments/sample.yaml",
        6,
        9,
    ]
    assert [layer["counts"] for layer in output["network.cidr"]["layers"]] == [False, True]
    assert output["database.multi_az"]["expression"] == "{{ environment.tier != 'development' }}"


def test_origins_show_the_expression_behind_a_value(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    render.run(workspace, name="sample", format="yaml", origins=True)
    (line,) = (line for line in capsys.readouterr().out.splitlines() if "multi_az" in line)
    assert line.endswith("  {{ environment.tier != 'development' }}")


def test_a_manifest_with_errors_is_not_printed_at_all(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=with_lines("cache:\n  port: 1\n"))
    with pytest.raises(FindingsError):
        render.run(workspace, name="sample", format="yaml", origins=False)
    assert capsys.readouterr().out == ""
