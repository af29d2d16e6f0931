from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from catalog_platform import model
from catalog_platform.findings import Location
from catalog_platform.manifest import schema_errors as errors
from catalog_platform.manifest.schema import schema_of
from catalog_platform.manifest.schema_errors import SchemaViolation

SCHEMA: dict[str, Any] = {
    "$defs": {
        "Stream": {"properties": {"shards": {}, "mode": {}}},
        "Cache": {"properties": {"shards": {}, "engine": {}}},
    }
}


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("modee", "did you mean 'mode'?"),
        ("engine", "'engine' is a key of cache."),
        ("a b", "put a text that contains a comma in quotes."),
        ("zzz", "Valid keys: mode, shards"),
    ],
)
def test_an_unknown_key_comes_with_what_was_probably_meant(key: str, hint: str) -> None:
    found = errors.unknown(("stream",), key, ["shards", "mode"], SCHEMA)
    assert (found.rule, found.text) == ("unknown-key", f"unknown key '{key}'")
    assert found.hint.startswith(hint)
    assert found.hint.endswith("Valid keys: mode, shards")


def test_an_unknown_section_lists_the_sections() -> None:
    found = errors.unknown((), "shards", ["stream", "cache"], SCHEMA)
    assert found.text == "unknown section 'shards'"
    assert found.hint.endswith("Valid sections: cache, stream")


@pytest.mark.parametrize(
    ("keyword", "limit", "value", "schema", "rule", "text", "hint"),
    [
        ("type", "integer", "4", {}, "wrong-type", "'4' is not a whole number",
         "write a whole number without quotes"),
        ("type", "boolean", "yes", {}, "wrong-type", "'yes' is not true or false",
         "write true or false"),
        ("type", "string", 4, {}, "wrong-type", "4 is not text", "put it in quotes"),
        ("type", "object", 4, {"properties": {"a": {}, "b": {}}}, "wrong-type",
         "4 is not a section", "write its keys: a, b"),
        ("type", "array", 4, {"description": "Zones."}, "wrong-type", "4 is not a list", "Zones."),
        ("enum", ["valkey", "redis"], "redi", {}, "not-a-choice",
         "'redi' is not one of: redis, valkey", "did you mean 'redis'?"),
        ("enum", [60, 1], 7, {"description": "Days."}, "not-a-choice", "7 is not one of: 1, 60",
         "Days."),
        ("maximum", 6, 9, {"minimum": 0, "maximum": 6}, "out-of-range",
         "9 is above the allowed range of 0 to 6", ""),
        ("minimum", 0, -1, {"minimum": 0, "maximum": 6}, "out-of-range",
         "-1 is below the allowed range of 0 to 6", ""),
        ("pattern", "^a$", "b", {"examples": ["a"], "description": "A."}, "wrong-form",
         "'b' does not have the required form", "write it like a; A."),
        ("pattern", "^a$", "b", {}, "wrong-form", "'b' does not have the required form",
         "it must match ^a$"),
        ("maxLength", 2, "abc", {}, "wrong-length",
         "must have at most 2 characters, but has 3", ""),
        ("minItems", 2, ["a"], {}, "wrong-length",
         "must have at least 2 elements, but has 1", ""),
        ("maxProperties", 1, {"a": 1, "b": 2}, {"description": "Keys."}, "wrong-length",
         "must have at most 1 entries, but has 2", "Keys."),
    ],
)  # fmt: skip
def test_each_keyword_has_a_message_with_the_value_the_limit_and_the_fix(
    keyword: str, limit: Any, value: Any, schema: dict[str, Any], rule: str, text: str, hint: str
) -> None:
    violation = SchemaViolation(keyword, limit, value, schema)
    found = errors.explain(violation)
    assert (found.rule, found.text, found.hint, found.is_missing) == (rule, text, hint, False)
    assert errors.explain(violation, nullable=True).text == f"{text} or null"


def test_every_keyword_that_has_a_message_is_tested_above() -> None:
    tested = {
        "type", "enum", "minimum", "maximum", "pattern", "maxLength", "minItems", "maxProperties",
    }  # fmt: skip
    assert set(errors.KEYWORDS) - tested == {"minLength", "maxItems"}


# Keywords that no value can violate, and those that `schema` handles itself.
OTHERS = {
    "$defs", "$ref", "default", "description", "examples", "title",
    "additionalProperties", "anyOf", "items", "properties", "required",
}  # fmt: skip


def keywords(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for each in schema:
            yield from keywords(each)
    for keyword, inner in schema.items() if isinstance(schema, dict) else ():
        yield keyword
        if keyword in ("$defs", "properties"):
            yield from keywords(list(inner.values()))
        elif keyword not in ("default", "enum", "examples"):
            yield from keywords(inner)


@pytest.mark.parametrize("of", [model.Manifest, model.Directives])
def test_every_keyword_of_the_model_has_a_message(of: type) -> None:
    assert set(keywords(schema_of(of))) - OTHERS <= set(errors.KEYWORDS)


def test_null_counts_as_missing_where_it_is_not_allowed() -> None:
    violation = SchemaViolation("type", "integer", None, {})
    assert errors.explain(violation).is_missing
    assert not errors.explain(violation, nullable=True).is_missing


def test_a_missing_key_names_the_file_that_has_to_set_it() -> None:
    assert errors.missing("cidr").is_missing
    found = errors.unset(
        ("network", "cidr"), "environments/a.yaml", Location("defaults.yaml", 3, 1)
    )
    assert found.text == "is not set; defaults.yaml:3:1 requires each environment to set it"
    assert found.hint == "set network.cidr in environments/a.yaml"
    assert errors.absent("endpoint").hint == "add `endpoint: …`"
    assert errors.null().rule == "wrong-type"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        ({}, "a section"),
        ([], "a list"),
        (7, "7"),
        ("x" * 100, "'" + "x" * 59 + "…"),
    ],
)
def test_a_value_is_shown_on_one_line_and_cut(value: Any, text: str) -> None:
    assert errors.format_value(value) == text
