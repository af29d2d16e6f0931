from __future__ import annotations

import re

from catalog_platform.manifest import rule_registry
from catalog_platform.reference.rules import Example, page

REPORTED = """\
a.yaml:1:1: error: cidr: first [cidr-is-private]
    docs: docs/rules.md#cidr-is-private
b.yaml:2:1: error: x: second [out-of-range]
    8 | x: 9
    docs: docs/rules.md#out-of-range
"""


def test_every_rule_has_an_anchor_and_its_description() -> None:
    parts = re.split(r"^### (.+)$", page({}), flags=re.MULTILINE)
    described = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert list(described) == list(rule_registry.rules())
    for rule, text in described.items():
        assert text.startswith(f"\n\n{rule_registry.rules()[rule]}\n"), rule


def test_a_chapter_links_to_its_rules() -> None:
    for name, chapter in rule_registry.chapters().items():
        links = page({}).partition(f"## {name}\n\n")[2].partition("\n")[0]
        assert re.findall(r"\(#([\w-]+)\)", links) == list(chapter)


def test_an_example_shows_the_finding_of_its_rule_without_a_link_to_this_page() -> None:
    text = page({"out-of-range": Example(REPORTED, "invalid.yaml", "valid.yaml")})
    assert "```text\nb.yaml:2:1: error: x: second [out-of-range]\n    8 | x: 9\n```" in text
    assert (
        "[a manifest that violates the rule](invalid.yaml), [one that satisfies it](valid.yaml)"
        in text
    )
    assert "first [cidr-is-private]" not in text


def test_an_example_may_have_no_valid_manifest() -> None:
    text = page({"out-of-range": Example(REPORTED, "invalid.yaml")})
    assert "one that satisfies it" not in text
