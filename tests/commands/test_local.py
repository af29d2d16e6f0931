from __future__ import annotations

import pytest

from catalog_platform.commands import local
from support.manifests import VALID, a_repository


def test_without_logs_stdout_is_empty_and_stderr_has_a_hint(tmp_path, capsys):
    assert (
        local.logs(
            a_repository(tmp_path / "r", sample=VALID), part=None, follow=False, last=9, since=None
        )
        == 0
    )
    out, err = capsys.readouterr()
    assert out == ""
    assert "start it: catalogctl local up" in err


@pytest.mark.parametrize("form", ["text", "json"])
def test_status_fails_in_every_format_when_nothing_runs(tmp_path, capsys, form):
    assert local.status(a_repository(tmp_path / "r", sample=VALID), format=form) == 1
    output = capsys.readouterr().out
    assert "not running" in output if form == "text" else '"running": false' in output
