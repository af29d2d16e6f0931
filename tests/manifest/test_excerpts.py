from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.findings import Location
from catalog_platform.manifest.excerpts import MAXIMUM_WIDTH, excerpt, location_inside
from catalog_platform.manifest.node import scalars
from catalog_platform.manifest.parse import parse
from support.manifests import VALID, a_repository, findings_of, with_lines

WRITTEN = {
    "double": 'a: "x {{ b.TARGET }}"\n',
    "single": "a: 'it''s {{ ''q'' ~ TARGET }}'\n",
    "escapes": 'a: "tab\\t\\x41\\u00e9 {{ TARGET }}"\n',
    "plain": "a: plain {{ TARGET }} text\n",
    "folded": "a: >-\n  folded {{ g\n  ~ TARGET }}\n",
    "literal": "a: |\n  literal\n    deep {{ TARGET }}\n",
    "literal, indented": "a:\n  b: |-\n    one\n\n    two {{ TARGET }}\n",
    "over lines": 'a: "folded\n   {{ TARGET }} quoted"\n',
    "in a list": "a: [\"{{ x }}\", '{{ TARGET }}']\n",
    "wide characters": 'a: "名前 {{ TARGET }}"\n',
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_a_character_of_a_value_is_located_in_the_source(text):
    root, _ = parse(text, "x.yaml")
    leaf = next(leaf for _, leaf in scalars(root) if "TARGET" in leaf.text)
    place = location_inside(text, leaf, leaf.text.index("TARGET"))
    line = text.split("\n")[place.line - 1]
    assert line[place.column - 1 :].startswith("TARGET")


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.integers(1, 9), st.integers(1, 999))
def test_an_excerpt_is_one_short_line_without_control_characters(text, line, column):
    shown = excerpt(text, Location("x.yaml", line, column))
    if shown is not None:
        assert len(shown.line) <= MAXIMUM_WIDTH + 2
        assert not any(character in shown.line for character in "\x1b\r\n\u202e")
        assert 0 <= shown.caret <= MAXIMUM_WIDTH + 2


def test_a_long_line_is_cut_around_the_column():
    shown = excerpt("x" * 500 + "HERE" + "y" * 500, Location("x.yaml", 1, 501))
    assert shown is not None
    assert shown.line[shown.caret :].startswith("HERE")
    assert shown.line[0] == shown.line[-1] == "…"


@pytest.mark.parametrize(
    ("value", "column", "message"),
    [
        ('"{{ databse.port }}"', 13, "databse is undefined"),
        ('"{{ cache.prt }}"', 19, "cache.prt is undefined"),
        ('"{{ cache.port + }}"', 26, "not a valid expression: unexpected 'end of print statement'"),
        ("'{{ cache.port | lngth }}'", 26, "unknown function 'lngth'"),
        ("\"{{ 1 if cache.port > 'x' else 2 }}\"", 18, "cannot compare a number with text"),
        ('"{{ subnet(network.cidr, 8, 0) }}"', 13, "subnet: /8 is larger than 10.55.0.0/16"),
        ("\"{{ size('3 GB', 'GiB') }}\"", 13, "size: '3 GB' is not a whole number of GiB"),
    ],
)
def test_an_error_in_an_expression_has_the_column_inside_the_text(tmp_path, value, column, message):
    sample = with_lines(f"database:\n  port: {value}\n")
    (found,) = findings_of(a_repository(tmp_path / "r", sample=sample))
    assert (found.message, found.location.column) == (message, column)


def test_an_error_in_an_inherited_expression_is_located_in_the_defaults(tmp_path):
    defaults = "environment:\n  name: '{{ nme }}'\n"
    found = findings_of(a_repository(tmp_path / "r", defaults=defaults, sample="cache: {}\n"))
    assert "environments/defaults.yaml:2:13" in {str(each.location) for each in found}
    assert VALID not in str(found)
