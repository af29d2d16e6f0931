from __future__ import annotations

import pytest

from catalog_platform.yaml_loader.characters import character_name, hidden_characters


@pytest.mark.parametrize("text", ["", "plain", "grün — 日本 €", "\n"])
def test_visible_text_has_no_hidden_characters(text: str) -> None:
    assert list(hidden_characters(text, allowed="\n")) == []


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\u200b", "U+200B ZERO WIDTH SPACE"),
        ("\u2028", "U+2028 LINE SEPARATOR"),
        ("\x07", "U+0007 control character"),
        ("\ue000", "U+E000 control character"),
        ("\n", "U+000A control character"),
    ],
)
def test_a_hidden_character_is_named_with_its_offset(character: str, name: str) -> None:
    assert list(hidden_characters(f"ab{character}c")) == [(2, name)]
    assert character_name(character) == name
