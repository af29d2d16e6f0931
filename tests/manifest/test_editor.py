from __future__ import annotations

import jsonschema
import pytest
import yaml

from catalog_platform.manifest import editor

EDITOR = jsonschema.Draft202012Validator(editor.editor_schema())


def test_the_editor_schema_accepts_manifest_files(examples):
    for path in examples.environments.glob("*.yaml"):
        EDITOR.validate(yaml.safe_load(path.read_text()))


@pytest.mark.parametrize(
    "written",
    [
        {"database": {"multi_az": "{{ environment.tier != 'development' }}"}},
        {"database": {"engine_version": 17.9, "port": None}},
        {"network": {"availability_zones": ["{{ environment.region }}a", "eu-west-1b"]}},
        {"stream": {"shards": None}},
        {"extends": ["shared/x.yaml"], "merge": {"network.interface_endpoints": "append"}},
        {"merge": {"tags": "replace", "stream.shards": "unset"}},
        {"divergences": [{"key": "cache", "reason": "a smaller assortment"}]},
    ],
)
def test_editors_accept_expressions_nulls_and_unquoted_numbers(written):
    EDITOR.validate(written)


@pytest.mark.parametrize(
    "written",
    [
        {"databse": {}},
        {"database": {"multi": True}},
        {"database": {"port": "5432"}},
        {"database": {"port": 80}},
        {"cache": {"engine": "memcached"}},
        {"network": {"availability_zones": ["a"]}},
        {"extends": "shared/x.yaml"},
        {"merge": {"stream.shards": "append"}},
        {"merge": {"stream.shard": "unset"}},
        {"divergences": [{"key": "cashe", "reason": "a smaller assortment"}]},
        {"divergences": [{"key": "cache"}]},
    ],
)
def test_editors_refuse_what_validate_refuses(written):
    assert not EDITOR.is_valid(written)


def test_every_key_of_the_editor_schema_is_described():
    for name, inner in editor.editor_schema()["properties"].items():
        assert inner["description"], name
        for key, value in inner.get("properties", {}).items():
            assert name == "merge" or value["description"], f"{name}.{key}"
