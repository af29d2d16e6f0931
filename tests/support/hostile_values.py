"""Values that the schema accepts, among them texts that parsers refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from catalog_platform.manifest.schema import dereferenced

# Each is refused by a parser of the standard library, in most cases with an exception.
REFUSED = (
    "", " ", "0", "-", ".", ":", "/", "@", "]", "[", "%", "\\", "'",
    "https://[2001:db8::1/sns", "https://host]", "https://example.\N{ACCOUNT OF}m/",
    "https://example.com:99999999/", "https://example.com:x/", "https://a@[::1]/", "https://",
    "arn:aws:sqs:eu-west-1:111111111111:", "arn:::::", "arn:aws:lambda:eu-west-1:111111111111:x",
    "a@b@example.com", "@example.com", "xn--a@xn--.com", "+1", "+0000000",
    "999.999.999.999/16", "010.0.0.0/16", "10.0.0.0/28",
    "2026-19-39T29:59:59Z", "2026-02-30", "9999-99-99",
    "99.99", "00.0", "db.t4g.none", "cache.none.none", "zz-zz-zz-9", "db-" + "A" * 20,
    "1" * 300, "\N{FULLWIDTH DIGIT ONE}", "\ud800", "\0", "a\nb",
)  # fmt: skip


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for the values that a schema of the model accepts."""
    schema = dereferenced(schema)
    if "anyOf" in schema:
        return st.one_of(*map(values, schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "object":
            keys = schema["properties"]
            return st.fixed_dictionaries({key: values(inner) for key, inner in keys.items()})
        case "array":
            most = min(schema.get("maxItems", 4), 4)
            return st.lists(
                values(schema["items"]), min_size=schema.get("minItems", 0), max_size=most
            )
        case "integer":
            return st.integers(schema["minimum"], schema["maximum"])
        case "string":
            return _texts(schema)
    return {"boolean": st.booleans(), "null": st.none()}[schema["type"]]


def _texts(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if "pattern" in schema:
        free = st.from_regex(schema["pattern"], fullmatch=True)
        return free.filter(lambda text: _accepts(schema, text))
    least, most = schema.get("minLength", 0), schema.get("maxLength", 40)
    return st.text(min_size=least, max_size=min(most, 40))


def _accepts(schema: dict[str, Any], text: str) -> bool:
    is_long_enough = schema.get("minLength", 0) <= len(text)
    return (
        is_long_enough
        and len(text) <= schema.get("maxLength", len(text))
        and re.search(schema.get("pattern", ""), text) is not None
    )


def filled(value: Any, schema: dict[str, Any], text: str) -> Any:
    """Return a valid value with `text` wherever its schema accepts that.

    A list gets an element with the text, or one for each choice that such an element has.
    """
    schema = dereferenced(schema)
    if "anyOf" in schema:
        (schema,) = (each for each in schema["anyOf"] if each.get("type") != "null")
    if schema.get("type") == "string":
        return text if _accepts(schema, text) else value
    if schema.get("type") == "object":
        keys = schema["properties"]
        return {key: filled(value[key], inner, text) for key, inner in keys.items()}
    if schema.get("type") == "array":
        element = dereferenced(schema["items"])
        if "properties" in element:
            return [filled(each, element, text) for each in _elements(element)]
        if element.get("type") == "string" and _accepts(element, text):
            return [text] * max(1, schema.get("minItems", 0))
    return value


def _elements(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield an element for each choice of its first key that has choices."""
    base = {key: _any(inner) for key, inner in schema["properties"].items()}
    key = next(key for key, inner in schema["properties"].items() if "enum" in inner)
    for choice in schema["properties"][key]["enum"]:
        yield base | {key: choice}


def _any(schema: dict[str, Any]) -> Any:
    schema = dereferenced(schema)
    if "enum" in schema:
        return schema["enum"][0]
    return [_any(schema["items"])] if schema["type"] == "array" else "x" * 20
