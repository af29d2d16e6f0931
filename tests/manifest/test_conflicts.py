from __future__ import annotations

import pytest

from catalog_platform.manifest.conflicts import conflict, kind
from catalog_platform.manifest.node import Node
from support.manifests import section


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
        ("1", '"1"', "is text '1' here", "write a number, without quotes"),
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
