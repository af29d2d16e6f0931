"""Events that match the published schema, and events that violate it slightly.

The strategies know nothing but the schema: they walk through `docs/events.schema.json`.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from hypothesis import strategies as st

Node = dict[str, Any]
Strategy = st.SearchStrategy[Any]

_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_UNKNOWN = st.recursive(
    st.none() | st.booleans() | st.integers() | _FLOATS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)
_NEAR = st.sampled_from([
    "", "\n", "\0", " ", "0", "9", ":", "-", "+", ".", "T", "t", "Z", "z", "\u0663", "\uff11", "é",
    "\U0001f600", "\r\n", "\u2028", "\x7f", "{", "}", "\\", '"',
])  # fmt: skip
# Of all years that there are, few are plausible.
_YEARS = st.sampled_from([*["2024", "2025"] * 10, "1969", "1970", "2026", "2100", "9999"])


class Schema:
    """The schema as strategies."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def events(self) -> Strategy:
        """Valid events, as far as the schema can say so."""
        return self._of(self._root)

    @st.composite
    @staticmethod
    def _mutated(draw: st.DrawFn, schema: Schema) -> Any:
        kind = draw(st.sampled_from(schema._root["anyOf"]))
        node = schema._follow(kind)
        event = dict(draw(schema._of(node)))
        for _ in range(draw(st.integers(1, 2))):
            name = draw(st.sampled_from(sorted(node["properties"])))
            how = draw(st.sampled_from(["left out", "near", "near", "near", "other"]))
            if how == "left out":
                event.pop(name, None)
            elif how == "near":
                near = schema._near(node["properties"][name], event.get(name))
                event[name] = draw(near)
            else:
                event[name] = draw(_UNKNOWN)
        return event

    def mutated(self) -> Strategy:
        """Events of which one or two fields are at, or just beyond, their bounds."""
        return Schema._mutated(self)

    def _follow(self, node: Node) -> Node:
        while "$ref" in node:
            found: Any = self._root
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = found
        return node

    def _of(self, node: Node) -> Strategy:
        node = self._follow(node)
        if "anyOf" in node:
            return st.one_of([self._of(each) for each in node["anyOf"]])
        if "enum" in node:
            return st.sampled_from(node["enum"])
        match node["type"]:
            case "boolean":
                return st.booleans()
            case "integer":
                low, high = node["minimum"], node["maximum"]
                return st.integers(low, high) | st.sampled_from([low, high, 0 if low <= 0 else low])
            case "string":
                return _texts(node)
            case "object" if "properties" in node:
                required = {name: self._of(node["properties"][name]) for name in node["required"]}
                optional = {
                    name: self._of(each)
                    for name, each in node["properties"].items()
                    if name not in required
                }
                return st.fixed_dictionaries(required, optional=optional)
            case "object":
                return st.dictionaries(
                    _texts({"type": "string", **node["propertyNames"]}),
                    self._of(node["additionalProperties"]),
                    max_size=4,
                )
        raise ValueError(f"no strategy for {node}")

    def _near(self, node: Node, value: Any) -> Strategy:
        """Values at the bounds of a node and just beyond, and others made of `value`."""
        node = self._follow(node)
        if "enum" in node:
            others = [1.0, True, "1", 2, 0, -1, None, *self._root["discriminator"]["mapping"]]
            return st.sampled_from([*node["enum"], *others])
        match node["type"]:
            case "integer":
                low, high = node["minimum"], node["maximum"]
                edges = [low - 1, low, high, high + 1, float(low), float(high), high + 0.5, -0.0]
                return st.sampled_from([*edges, 10**30, 1e30, str(high), True, None])
            case "string":
                return _near_text(node, value if isinstance(value, str) else "")
            case "object":
                return self._near_object(node, value if isinstance(value, dict) else {})
        return st.sampled_from([True, False, 0, 1, "true", None])

    def _near_object(self, node: Node, value: dict[str, Any]) -> Strategy:
        near = _near_text({"type": "string", **node["propertyNames"]}, "name")
        names = near.filter(lambda name: isinstance(name, str))
        values = st.one_of([
            self._near(each, "text") for each in node["additionalProperties"]["anyOf"]
        ])  # fmt: skip
        most = node["maxProperties"]
        full = {f"a{number}": number for number in range(most)}
        return st.sampled_from(
            [full, full | {"one more": 1}, full | {"one.more": 1}, [], None]
        ) | st.dictionaries(names, values, min_size=1, max_size=2).map(lambda new: value | new)


@functools.cache
def _regex(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True)


def _texts(node: Node) -> st.SearchStrategy[str]:
    low, high = node.get("minLength", 0), node.get("maxLength", 64)
    if "pattern" not in node:
        return st.text(min_size=low, max_size=high).filter(_encodes)
    if node.get("format") == "date-time":
        texts = _regex(node["pattern"])
        return st.builds(lambda year, text: year + text[4:], _YEARS, texts)
    fitting = _regex(node["pattern"]).map(lambda text: text[:high])
    return fitting.filter(lambda text: len(text) >= low and _encodes(text))


def _near_text(node: Node, value: str) -> Strategy:
    low, high = node.get("minLength", 0), node.get("maxLength", 64)
    sizes = st.sampled_from([low - 1, low, high, high + 1])

    def changed(at: int, part: str, cut: int) -> str:
        index = at % (len(value) + 1)
        return value[:index] + part + value[index + cut :]

    return (
        st.builds(changed, st.integers(0, 40), _NEAR, st.integers(0, 2))
        | st.builds(lambda part: value + part, _NEAR)
        | st.builds(lambda size, part: part * max(size, 0), sizes, st.sampled_from("aZ\U0001f600"))
        | st.sampled_from([None, 5, True, [], {}])
    )  # fmt: skip


def _encodes(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


@st.composite
def spelled(draw: st.DrawFn, event: Any) -> str:
    """The event as JSON, written in one of the ways that JSON has for it."""
    if not isinstance(event, dict):
        return json.dumps(event)
    fields = [(name, _value(draw, value)) for name, value in event.items()]
    fields = draw(st.permutations(fields))
    if fields and draw(st.integers(0, 9)) == 0:
        # A field that appears twice: the last value counts.
        name, value = draw(st.sampled_from(fields))
        before = draw(st.sampled_from(["null", "-1", '"x"', "[]", "1e400", value]))
        fields.insert(0, (name, before))
    comma, colon = draw(st.sampled_from([(",", ":"), (", ", ": "), (",\r\n\t", " : ")]))
    ascii_only = draw(st.booleans())
    return "{" + comma.join(
        json.dumps(name, ensure_ascii=ascii_only) + colon + value for name, value in fields
    ) + "}"  # fmt: skip


def _value(draw: st.DrawFn, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        other = f"{value}00E-2" if value else "-0"
        return draw(st.sampled_from([f"{value}", f"{value}", f"{value}.0", f"{value}e0", other]))
    return json.dumps(value, ensure_ascii=draw(st.booleans()))
