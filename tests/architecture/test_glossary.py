"""The glossary defines terms that are in use, each of them once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.manifests import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
ROW = re.compile(r"^\| (?!term |-)(?P<term>[^|]+?) \| (?P<meaning>.+) \|$", re.MULTILINE)
TERMS = [found["term"] for found in ROW.finditer(GLOSSARY.read_text(encoding="utf-8"))]
SOURCES = {".py", ".md", ".yaml", ".sql", ".toml"}


def usages() -> Iterator[Path]:
    for folder in ("platform", "functions", "policies", "environments", "docs", "benchmarks"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in SOURCES and path != GLOSSARY:
                yield path


@pytest.fixture(scope="module")
def words() -> str:
    """All sources in small letters, with words separated by single spaces."""
    text = " ".join(path.read_text(encoding="utf-8") for path in usages())
    return re.sub(r"[\s_-]+", " ", text).lower()


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_used_in_code_or_documentation(term: str, words: str) -> None:
    assert re.search(rf"\b{re.escape(term.lower())}(s|es)?\b", words)


def test_a_term_is_defined_once() -> None:
    assert len(TERMS) > 40
    assert sorted(set(TERMS)) == sorted(TERMS)
