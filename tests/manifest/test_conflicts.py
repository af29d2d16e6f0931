from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.manifest.conflicts import conflict, kind
from catalog_platform.manifest.node import Node
from catalog_platform.manifest.schema_errors import NUMBER
from support.manifests import a_repository, findings_of, section, with_lines


def node(text: str) -> Node:
    return section(f"a: {text}", "below.yaml").entries["a"].node


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{b: 1}", "a section"),
        ("[1]", "a list"),
        ("null", "null"),
        ("true", "true or false"),
        ("word", "text"),
        ('"{{ b }}"', "an expression"),
        ("1", "a number"),
        ("1.5", "a number"),
    ],
)
def test_the_type_of_a_node_is_given_in_words(text: str, words: str) -> None:
    assert kind(node(text)) == words


@pytest.mark.parametrize(
    ("below", "above", "message", "hint"),
    [
        ("{b: 1}", "null", "is null here", "write keys below it, or leave the section out"),
        ("[1]", "word", "is text 'word' here", "write a list: [word]"),
        ("[1]", "w" * 60, "is text here", "write a list"),
        ("1", '"1"', "is text '1' here", NUMBER),
        ("1", "30s", "is text '30s' here", NUMBER),
        ("{b: 1}", "b:1", "is text 'b:1' here", "write a space after the colon"),
        ("true", '"yes"', "is text 'yes' here", "write true or false, without quotes"),
        ("word", "[1]", "is a list here", ""),
    ],
)
def test_a_change_of_type_names_both_locations_and_the_fix(
    below: str, above: str, message: str, hint: str
) -> None:
    later = section(f"\na: {above}", "above.yaml").entries["a"].node
    found = conflict(node(below), later, ("s", "a"))
    earlier = node(below)
    assert found.message == f"{message}, but {kind(earlier)} in {earlier.location}"
    assert (found.path, str(found.location)) == ("s.a", "above.yaml:2:4")
    assert found.hint == hint


@pytest.mark.parametrize(
    ("lines", "hint"),
    [
        ("processor: {runtime: 3.13}", "it accepts: one of: python3.11, python3.12, python3.13"),
        ("processor: {log_level: 10}", "it accepts: one of: DEBUG, ERROR, INFO, WARNING"),
        ("database: {authentication: true}", "it accepts: one of: iam, password"),
        ("stream: {shards: true}", "it accepts: whole number, 1 to 200, or null"),
        ("stream: {shards: '4'}", f"{NUMBER}; it accepts: whole number, 1 to 200, or null"),
        ("audit: x", "it accepts: section with the keys: "),
        ("audit:\n  management_events:true", "write a space after the colon; it accepts: section "),
    ],
)
def test_a_change_of_type_names_what_the_key_accepts(lines: str, hint: str, tmp_path: Path) -> None:
    (found,) = findings_of(a_repository(tmp_path / "r", sample=with_lines(f"{lines}\n")))
    assert found.rule == "type-change"
    assert found.hint.startswith(hint)
