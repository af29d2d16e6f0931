from __future__ import annotations

from catalog_platform.manifest import Manifests, schema
from catalog_platform.manifest.node import parse_path, plain
from support.manifests import a_repository, with_lines


def test_an_unquoted_number_is_text_where_the_schema_requires_text(tmp_path):
    lines = "database: {engine_version: 17.10, replica_engine_version: 17.10}\n"
    lines += "tags:\n  owner: 014\n  cost_center: 1e3\n"
    loaded = Manifests(a_repository(tmp_path / "r", sample=with_lines(lines))).load("sample")
    assert loaded.database.engine_version == "17.10"
    assert loaded.database.replica_engine_version == "17.10"
    assert (loaded.tags.owner, loaded.tags.cost_center) == ("014", "1e3")


def test_an_unquoted_account_keeps_its_leading_zero(tmp_path):
    text = with_lines("").replace('"555555555555"', "055555555555")
    loaded = Manifests(a_repository(tmp_path / "r", sample=text)).load("sample")
    assert loaded.environment.account == "055555555555"


def test_every_leaf_of_the_defaults_has_a_schema(examples):
    resolved = Manifests(examples).resolve("production")
    for path in resolved:
        assert schema.schema_at(parse_path(path)) is not None
    assert plain(resolved.root) == resolved.tree
