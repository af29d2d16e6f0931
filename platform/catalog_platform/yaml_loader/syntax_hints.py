"""The likely fixes of syntax errors in YAML."""

from __future__ import annotations

from collections.abc import Mapping

# By a part of the problem that libyaml reports.
HINTS: Mapping[str, str] = {
    "mapping values are not allowed": "a text with ': ' in it needs quotes, or the line is "
    "indented too far",
    "did not find expected key": "indent the line like the lines around it; in single quotes, "
    "write a quote twice",
    "could not find expected ':'": "write a colon and a space after the key: `key: value`",
    "found a tab character": "indent with spaces",
    "cannot start any token": "indent with spaces; quote a text that starts with @, `, % or a tab",
    "did not find expected ',' or": "a bracket or brace is not closed",
    "did not find expected node content": "a bracket or brace is not closed",
    "unexpected end of stream": "a quote is not closed",
    "did not find expected hexdecimal": "write a backslash in single quotes",
    "expected comment or line break": "quote a text that starts with > or |",
    "unknown escape character": "write a backslash in single quotes",
    "block sequence entries are not allowed": "put the list on lines of its own, below its key",
}


def hint(problem: str) -> str:
    """Return the likely fix of a problem of PyYAML's parser, or an empty string."""
    return next((hint for part, hint in HINTS.items() if part in problem), "")
