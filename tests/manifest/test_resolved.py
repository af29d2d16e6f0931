from __future__ import annotations

from catalog_platform.manifest import Manifests
from support.manifests import a_repository, with_lines


def test_a_key_is_located_at_its_effective_value(examples):
    resolved = Manifests(examples).resolve("production")
    own = resolved.locate("stream.shards")
    assert own.file == "environments/production.yaml"
    assert "shards: 4" in (examples.root / own.file).read_text().splitlines()[own.line - 1]
    assert resolved.locate("stream.mode").file == "environments/defaults.yaml"


def test_a_section_is_located_in_the_environment_s_own_file_if_present(examples):
    resolved = Manifests(examples).resolve("production")
    assert resolved.locate("database").file == "environments/production.yaml"
    assert resolved.locate("encryption").file == "environments/defaults.yaml"


def test_an_unknown_key_is_located_at_the_nearest_enclosing_section(examples):
    resolved = Manifests(examples).resolve("production")
    assert resolved.locate("database.nothing.at_all") == resolved.locate("database")
    assert str(resolved.locate("nothing")) == "environments/production.yaml:1:1"
    assert resolved.locate("network.availability_zones[2]").column > 20


def test_a_leaf_has_the_contribution_of_every_file_and_its_expression(tmp_path):
    lines = "database:\n  multi_az: \"{{ environment.tier == 'development' }}\"\n"
    workspace = a_repository(tmp_path / "r", sample=with_lines(lines))
    leaf = Manifests(workspace).resolve("sample")["database.multi_az"]
    assert leaf.value is True
    assert leaf.expression == "{{ environment.tier == 'development' }}"
    assert [layer.location.file for layer in leaf.layers] == [
        "environments/defaults.yaml",
        "environments/sample.yaml",
    ]
    assert leaf.location == leaf.layers[-1].location


def test_a_manifest_with_findings_is_resolved_as_far_as_possible(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=with_lines("cache:\n  port: '{{ nothing }}'\n"))
    resolved = Manifests(workspace).resolve("sample")
    assert resolved["cache.port"].is_broken
    assert resolved["cache.port"].value is None
    assert resolved["database.port"].value == 5432
