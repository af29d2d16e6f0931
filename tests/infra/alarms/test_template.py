from __future__ import annotations

import json
from pathlib import Path

import jinja2
import pytest

from catalog_platform.infra.alarms import template


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(template, "FOLDER", tmp_path)
    return tmp_path


def test_the_document_is_one_line_and_texts_are_escaped(folder: Path) -> None:
    (folder / "a.j2").write_text('{\n  "a": {{ text | tojson }},\n  "b": [1, 2]\n}\n')
    made = template.render("a.j2", {"text": 'say "no"\n<b>'})
    assert "\n" not in made
    assert json.loads(made) == {"a": 'say "no"\n<b>', "b": [1, 2]}


def test_a_token_of_the_cdk_passes_through(folder: Path) -> None:
    (folder / "a.j2").write_text('{"a": "{{ name }}"}')
    assert template.render("a.j2", {"name": "${Token[X.1]}"}) == '{"a":"${Token[X.1]}"}'


def test_a_missing_variable_or_an_invalid_document_is_an_error(folder: Path) -> None:
    (folder / "a.j2").write_text('{"a": "{{ missing }}"}')
    with pytest.raises(jinja2.UndefinedError):
        template.render("a.j2", {})
    (folder / "b.j2").write_text('{"a": 1,}')
    with pytest.raises(json.JSONDecodeError):
        template.render("b.j2", {})
