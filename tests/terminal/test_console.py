from __future__ import annotations

import pytest
from rich.table import Table

from catalog_platform.terminal.console import printable, wide


@pytest.mark.parametrize("columns", ["0", "20", "many"])
def test_a_narrow_window_truncates_no_figure(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    table = Table("a long heading", "another one", "and one more")
    table.add_row("1,234,567", "2,345,678", "3,456,789")
    wide().print(table)
    shown = capsys.readouterr().out
    assert all(figure in shown for figure in ("1,234,567", "2,345,678", "3,456,789"))


def test_a_wide_window_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "150")
    assert wide().width == 150


def test_a_foreign_text_has_no_control_characters() -> None:
    assert printable("a\x1b[31mb\n\u202ed é") == "a\ufffd[31mb\ufffd\ufffdd é"
