"""Text from manifests can't become Markdown or HTML."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.report.markup import code, escaped


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"])))
def test_every_text_is_shown_as_it_is_on_one_line(text: str) -> None:
    shown = html.unescape(escaped(text)).replace("\u200b", "")
    assert shown == " ".join(text.split())


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>",
        "a|b",
        "`x`",
        "**b**",
        "[l](u)",
        "![i](u)",
        "@someone",
        "#1",
        "~x~",
        "\\",
        "_x_",
        "&lt;",
    ],
)
def test_no_character_with_a_meaning_is_left(hostile: str) -> None:
    assert not set(escaped(hostile)) & set("<>|`*[]!@~\\_\"'")


@pytest.mark.parametrize("text", ["@team", "#12", "a@b", "&#64;x"])
def test_no_name_and_no_number_of_an_issue_follows_its_sign(text: str) -> None:
    assert not re.search(r"[@#]\w", html.unescape(escaped(text)))


def test_code_in_which_nothing_is_linked_can_be_copied() -> None:
    assert html.unescape(code("@team #1")) == "<code>@team #1</code>"


def test_code_is_cut_before_it_is_escaped() -> None:
    assert code("<" * 9, width=3) == "<code>&#60;&#60;…</code>"


@pytest.mark.parametrize("invisible", ["\x1b[2J", "\u202e", "\u200b", "\x00"])
def test_characters_that_hide_or_reorder_text_are_replaced(invisible: str) -> None:
    assert "&#65533;" in escaped(f"a{invisible}b")
