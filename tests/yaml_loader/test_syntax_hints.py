from __future__ import annotations

import pytest

from catalog_platform.errors import FindingsError
from catalog_platform.yaml_loader import parse
from catalog_platform.yaml_loader.syntax_hints import HINTS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b: c", "a text with ': ' in it needs quotes"),
        ("a:\n  b: 1\n    c: 2", "indented too far"),
        ("a:\n  b: 1\n c: 2", "indent the line like the lines around it"),
        ("a: 'it's'", "in single quotes, write a quote twice"),
        ("a:\n  b:1\n  c: 2", "needs quotes, or the line is indented too far"),
        ("a: 1\nb", "write a colon and a space after the key"),
        ("a:\n\tb: 1", "indent with spaces"),
        ("a:\n  b: 1\n\tc: 2", "indent with spaces"),
        ("a: @b", "quote a text that starts with @"),
        ("a: %b", "quote a text that starts with @, `, %"),
        ("a: [b", "a bracket or brace is not closed"),
        ("a: {b: c", "a bracket or brace is not closed"),
        ('a: "b', "a quote is not closed"),
        ('a: "b\\d"', "write a backslash in single quotes"),
        ('a: "b\\xg"', "write a backslash in single quotes"),
        ("a: - b", "put the list on lines of its own"),
        ("a: >b", "quote a text that starts with > or |"),
        ("a: |b", "quote a text that starts with > or |"),
    ],
)
def test_a_syntax_error_has_the_likely_fix(text: str, words: str) -> None:
    with pytest.raises(FindingsError) as refused:
        parse(text, "f.yaml")
    (found,) = refused.value.findings
    assert found.rule == "syntax"
    assert words in found.hint


def test_each_fix_is_tested_above() -> None:
    assert len(HINTS) == 12
