"""Limits of documents, and aliases. See also manifest/test_parse.py."""

from __future__ import annotations

import time
from typing import Any

import pytest
import yaml

from catalog_platform import yaml_loader
from catalog_platform.errors import FindingsError
from catalog_platform.yaml_loader import Limits
from catalog_platform.yaml_loader.nodes import plain


def read(text: str, limits: Limits):
    root, findings = yaml_loader.parse(text, "f.yaml", limits)
    assert root is not None
    assert findings == ()
    return plain(root)


def refused(text: str, limits: Limits) -> list[str]:
    with pytest.raises(FindingsError) as caught:
        yaml_loader.parse(text, "f.yaml", limits)
    return [f"{each.location}: {each.rule}" for each in caught.value.findings]


def test_a_text_is_parsed_once_and_its_nodes_cannot_be_changed(monkeypatch):
    parsed: list[str] = []
    events = yaml.parse

    def counted(text: str, **options):
        parsed.append(text)
        return events(text, **options)

    monkeypatch.setattr(yaml, "parse", counted)
    text = "a: {b: [parsed once]}"
    root: Any = yaml_loader.parse(text, "f.yaml")[0]
    for node in (root, root.entries["a"].node):
        with pytest.raises(TypeError):
            node.entries["a"] = root
    yaml_loader.loads(text, "f.yaml", limits=Limits())["a"]["b"].append("changed")
    assert yaml_loader.loads(text, "f.yaml", limits=Limits()) == {"a": {"b": ["parsed once"]}}
    assert parsed == [text]
    located: Any = yaml_loader.parse(text, "other.yaml")[0]
    assert located.location.file == "other.yaml"
    assert read(text + "  # edited", Limits()) == {"a": {"b": ["parsed once"]}}
    assert len(parsed) == 3


def test_an_error_is_reported_each_time():
    assert refused("a: [", Limits()) == refused("a: [", Limits()) != []


@pytest.mark.parametrize(
    ("limits", "fits", "does_not"),
    [
        (Limits(depth=2), "a: {b: 1}", "a: {b: [1]}"),
        (Limits(values=4), "a: [1]", "a: [1, 2]"),
        (Limits(text=3), "a: xxx", "a: xxxx"),
        (Limits(key=3), "aaa: 1", "aaaa: 1"),
        (Limits(aliases=1), "[&a 1, *a]", "[&a 1, *a, *a]"),
    ],
)
def test_a_document_is_limited_in_size(limits, fits, does_not):
    assert read(fits, limits)
    assert len(refused(does_not, limits)) == 1


def test_an_alias_has_value_and_location_of_its_anchor():
    limits = Limits(aliases=9)
    assert read("{a: &x {b: [1]}, c: *x}", limits) == {"a": {"b": [1]}, "c": {"b": [1]}}
    assert read("[&x 1, &x 2, *x]", limits) == [1, 2, 2]


@pytest.mark.parametrize("text", ["a: *x", "a: &x [*x]", "{&x a: 1, *x : 2}", "a: &x 1\n*x : 2"])
def test_an_alias_without_an_earlier_value_and_an_alias_as_a_key_are_refused(text):
    assert {each.split(": ")[1] for each in refused(text, Limits(aliases=9))} <= {"anchor", "key"}


def test_aliases_count_with_the_size_of_their_values():
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 30))
    started = time.process_time()
    (found,) = refused("l0: &l0 x\n" + levels, Limits(aliases=1000))
    assert found.endswith("too-large")
    assert time.process_time() - started < 1


def test_an_anchor_is_refused_where_aliases_are_not_allowed():
    assert refused("a: &x 1", Limits()) == ["f.yaml:1:4: anchor"]


def test_a_root_may_be_anything_and_an_empty_document_has_none():
    assert read("[1, two]", Limits()) == [1, "two"]
    assert yaml_loader.parse("# nothing", "f.yaml") == (None, ())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\nb: [", "2:4"),
        ("a: 1\nb: [\n\n\n", "2:4"),
        ("a: {b: {c: 1}, d: {", "1:19"),
        ("a: [1, 2\nb: 3\n", "1:4"),
        ("a: [\n  , 1]\n", "2:3"),
        ("a: 'open\nb: 1\n", "1:4"),
    ],
)
def test_an_unclosed_bracket_is_reported_where_it_opens(text, place):
    assert refused(text, Limits()) == [f"f.yaml:{place}: syntax"]
