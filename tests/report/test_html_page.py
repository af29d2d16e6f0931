"""Templates of HTML pages."""

from __future__ import annotations

import base64
import hashlib
import html
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from catalog_platform.report import html_page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.css").write_text("p { color: red; }")
    (tmp_path / "page.html.j2").write_text("{{ policy }}\n{{ style }}\n{{ script }}\n{{ value }}")
    return tmp_path


def render(folder: Path, **values: object) -> str:
    return html_page.render(html_page.page_templates(folder), folder, **values)


def test_a_value_is_escaped_and_a_style_is_not(folder: Path) -> None:
    text = render(folder, value="<b>\u202e\x00")
    assert "&lt;b&gt;\ufffd\ufffd" in text
    assert "p { color: red; }" in text


def test_a_page_without_a_script_allows_none(folder: Path) -> None:
    assert "script-src" not in render(folder, value="")
    (folder / "page.js").write_text("1")
    digest = base64.b64encode(hashlib.sha256(b"1").digest()).decode()
    assert f"script-src 'sha256-{digest}'; " in html.unescape(render(folder, value=""))


def test_an_unknown_name_is_an_error(folder: Path) -> None:
    with pytest.raises(UndefinedError):
        render(folder)


def test_a_long_text_is_cut_with_a_note() -> None:
    assert html_page.cut("abc", 3) == "abc"
    assert html_page.cut("x" * 1500, 3) == "xxx… (1,497 more characters)"
