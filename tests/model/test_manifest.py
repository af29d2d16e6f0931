from __future__ import annotations

import msgspec
import pytest

from catalog_platform import model
from catalog_platform.manifest import Manifests


def test_a_manifest_cannot_be_changed(examples):
    loaded = Manifests(examples).load("production")
    with pytest.raises(AttributeError):
        loaded.database.port = 1  # type: ignore[misc]


def test_the_model_rejects_unknown_keys(examples):
    tree = msgspec.to_builtins(Manifests(examples).load("production"))
    tree["database"]["multi"] = True
    with pytest.raises(msgspec.ValidationError, match="multi"):
        msgspec.convert(tree, model.Manifest)


def test_every_key_is_required():
    for name, schema in msgspec.json.schema(model.Manifest)["$defs"].items():
        assert schema["required"] == list(schema["properties"]), name


def test_every_number_and_text_has_bounds():
    def bounded(schema) -> bool:
        if "anyOf" in schema:
            return all(bounded(choice) for choice in schema["anyOf"])
        kind = schema.get("type")
        if kind == "integer":
            return {"minimum", "maximum"} <= schema.keys()
        if kind == "string":
            return bool({"pattern", "maxLength"} & schema.keys())
        return kind != "array" or ("maxItems" in schema and bounded(schema["items"]))

    for name, section in msgspec.json.schema(model.Manifest)["$defs"].items():
        for key, schema in section["properties"].items():
            assert bounded(schema), f"{name}.{key}"


def test_every_model_module_is_a_section():
    sections = set(model.Manifest.__struct_fields__)
    modules = {name.lower() for name in vars(model) if name.islower() and not name.startswith("_")}
    assert sections == modules - {"alarm", "directives", "manifest", "section"}
