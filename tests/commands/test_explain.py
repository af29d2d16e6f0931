from __future__ import annotations

from textwrap import dedent

import pytest

from catalog_platform.commands import explain
from catalog_platform.errors import UsageError
from support.manifests import VALID, a_repository, with_files, with_lines


def explained(workspace, capsys, key: str) -> str:
    assert explain.run(workspace, name="sample", key=key) == 0
    return capsys.readouterr().out


def test_a_key_is_explained_with_value_layers_expression_and_meaning(tmp_path, capsys):
    lines = "database:\n  multi_az: \"{{ environment.region == 'eu-west-1' }}\"\n"
    workspace = a_repository(tmp_path / "r", sample=with_lines(lines))
    output = explained(workspace, capsys, "database.multi_az")
    before, after = (
        output.index("environments/defaults.yaml:"),
        output.index("environments/sample.yaml:8 "),
    )
    assert output.startswith("database.multi_az = true\n")
    assert before < after
    assert "expression: {{ environment.region == 'eu-west-1' }}" in output
    assert "Keep a standby in a second availability zone.\naccepts: true or false" in output


def test_a_section_is_explained_by_its_keys(tmp_path, capsys):
    output = explained(a_repository(tmp_path / "r", sample=VALID), capsys, "stream")
    assert "stream.shards = 2\n" in output
    assert "receives inventory updates." in output


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("databse.multi_az", "did you mean 'database.multi_az'?"),
        ("database.mutli_az", "did you mean 'database.multi_az'?"),
        ("netwrok", "did you mean 'network'?"),
        ("stream.zzz", "keys of stream: stream.mode, stream.shards"),
        ("", "sections: alarms"),
        ("..[", "sections: alarms"),
    ],
)
def test_an_unknown_key_is_a_usage_error_with_the_nearest_one(tmp_path, key, hint):
    with pytest.raises(UsageError) as caught:
        explain.run(a_repository(tmp_path / "r", sample=VALID), name="sample", key=key)
    assert caught.value.hint.startswith(hint)


def test_a_key_whose_expression_is_broken_is_explained_as_far_as_possible(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=with_lines("cache:\n  port: '{{ x }}'\n"))
    output = explained(workspace, capsys, "cache.port")
    assert output.startswith("cache.port = (unknown: ")
    assert "environments/sample.yaml:8 " in output


def test_references_of_an_expression_are_shown_with_value_and_location(tmp_path, capsys):
    lines = "database:\n  multi_az: \"{{ environment.region == 'eu-west-1' }}\"\n"
    workspace = a_repository(tmp_path / "r", sample=with_lines(lines))
    output = explained(workspace, capsys, "database.multi_az")
    assert "  environment.region = eu-west-1  (environments/defaults.yaml:" in output


def test_a_list_shows_the_expressions_of_its_elements(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    output = explained(workspace, capsys, "network.availability_zones")
    assert "expression: {{ environment.region }}a\nexpression: {{ environment" in output
    assert output.count("environment.region = ") == 1


def test_every_layer_is_shown_and_those_that_take_effect_are_marked(tmp_path, capsys):
    own = """\
        extends: [shared/base.yaml]
        merge: {network.interface_endpoints: append, cache: unset}
        """
    workspace = a_repository(
        tmp_path / "r", sample=dedent(own) + VALID + "  interface_endpoints: [sqs]\n"
    )
    base = "network: {interface_endpoints: [kms]}\ncache: {shards: 3}\n"
    with_files(workspace, {"shared/base.yaml": base})
    output = explained(workspace, capsys, "network.interface_endpoints")
    assert output.startswith("network.interface_endpoints = [kms, sqs]\n")
    marks = {line[2]: line for line in output.splitlines() if "environments/" in line[:20]}
    assert "defaults.yaml" in marks[" "]
    assert "(appended to the list above)" in output
    output = explained(workspace, capsys, "cache.shards")
    assert output.startswith("cache.shards = 1\n")
    assert "  ▶ environments/defaults.yaml:" in output
    assert "    environments/shared/base.yaml:2" in output
