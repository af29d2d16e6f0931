from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from catalog_platform import model
from catalog_platform.findings import Location
from catalog_platform.manifest import schema_errors as errors
from catalog_platform.manifest.schema import schema_of
from catalog_platform.manifest.schema_errors import SchemaViolation


@pytest.mark.parametrize(
    ("key", "sections", "hint"),
    [
        ("modee", [], "did you mean 'mode'?"),
        ("engine", ["cache"], "'engine' is a key of cache."),
        ("database", [], "'database' is a section: write it at the start of its line."),
        ("000", [], "write a number without commas."),
        ("\N{NO-BREAK SPACE} mode", [], "indent with spaces: the key starts or ends with another"),
        ("a b", [], "put a text that contains a comma in quotes."),
        ("zzz", [], "Valid keys: mode, shards"),
    ],
)
def test_an_unknown_key_comes_with_what_was_probably_meant(
    key: str, sections: list[str], hint: str
) -> None:
    found = errors.unknown(("stream",), key, ["shards", "mode"], sections)
    assert (found.rule, found.text) == ("unknown-key", f"unknown key '{key}'")
    assert found.hint.startswith(hint)
    assert found.hint.endswith("Valid keys: mode, shards")


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("shards", "'shards' is a key of stream, cache."),
        ("stream.mode", "write `mode:` in a line below `stream:`."),
        ("Stream", "did you mean 'stream'?"),
    ],
)
def test_an_unknown_section_lists_the_sections(key: str, hint: str) -> None:
    sections = ["stream", "cache"] if key == "shards" else []
    found = errors.unknown((), key, ["stream", "cache"], sections)
    assert found.text == f"unknown section '{key}'"
    assert found.hint == f"{hint} Valid sections: cache, stream"


@pytest.mark.parametrize(
    ("keyword", "limit", "value", "schema", "rule", "text", "hint"),
    [
        ("type", "integer", "4", {"type": "integer"}, "wrong-type", "'4' is not a whole number",
         f"{errors.NUMBER}; it accepts: whole number"),
        ("type", "integer", 4.0, {"type": "integer"}, "wrong-type", "4.0 is not a whole number",
         "write 4; it accepts: whole number"),
        ("type", "integer", 1e300, {"type": "integer"}, "wrong-type",
         "1e+300 is not a whole number", "it accepts: whole number"),
        ("type", "boolean", "yes", {"type": "boolean"}, "wrong-type", "'yes' is not true or false",
         "write true or false, without quotes; it accepts: true or false"),
        ("type", "integer", 4.5, {"type": "integer"}, "wrong-type", "4.5 is not a whole number",
         "it accepts: whole number"),
        ("type", "boolean", 1, {"type": "boolean"}, "wrong-type", "1 is not true or false",
         "it accepts: true or false"),
        ("type", "string", 4, {"type": "string"}, "wrong-type", "4 is not text",
         "put it in quotes; it accepts: text"),
        ("type", "string", [4], {"type": "string"}, "wrong-type", "a list is not text",
         "it accepts: text"),
        ("type", "object", 4, {"type": "object", "properties": {"a": {}, "b": {}}}, "wrong-type",
         "4 is not a section", "it accepts: section with the keys: a, b"),
        ("type", "array", 4, {"type": "array", "items": {"type": "string"}}, "wrong-type",
         "4 is not a list", "it accepts: list; each element: text"),
        ("type", "array", "a", {"type": "array", "items": {"type": "string"}}, "wrong-type",
         "'a' is not a list", "write a list: [a]; it accepts: list; each element: text"),
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
    violation = SchemaViolation("type", "integer", None, {"type": "integer"})
    found = errors.explain(violation)
    assert (found.is_missing, found.accepts) == (True, "whole number")
    assert not errors.explain(violation, nullable=True).is_missing


def test_a_missing_key_names_the_file_that_has_to_set_it_and_what_it_accepts() -> None:
    assert errors.missing("cidr", "text").is_missing
    location = Location("defaults.yaml", 3, 1)
    found = errors.unset(("network", "cidr"), "environments/a.yaml", location, "text")
    assert found.text == "is not set; defaults.yaml:3:1 requires each environment to set it"
    assert found.hint == "set network.cidr in environments/a.yaml; it accepts: text"
    assert errors.absent("endpoint", "text").hint == "add `endpoint: …`; it accepts: text"
    found = errors.null("text")
    assert (found.rule, found.hint) == ("wrong-type", "set a value; it accepts: text")


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
