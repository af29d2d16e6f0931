from __future__ import annotations

import re

import pytest

from catalog_platform.plural import plural
from support.manifests import ROOT


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0 dead letters"), (1, "1 dead letter"), (2000, "2,000 dead letters")],
)
def test_a_noun_is_singular_after_one_only(number: int, expected: str) -> None:
    assert plural(number, "dead letter") == expected


def test_an_irregular_plural_is_given() -> None:
    assert plural(2, "policy", "policies") == "2 policies"


COUNTED = re.compile(
    r"\{[^{}]*:,[^{}]*\} (records|dead letters|updates|articles|objects|messages|rows|keys)\b(?!/)"
)


def test_counts_in_the_output_of_commands_use_it() -> None:
    folders = ("commands", "local", "pipeline", "verification", "release")
    lines = [
        f"{file.name}: {line.strip()}"
        for folder in folders
        for file in (ROOT / "platform" / "catalog_platform" / folder).glob("*.py")
        for line in file.read_text().splitlines()
        if COUNTED.search(line)
    ]
    assert lines == []
