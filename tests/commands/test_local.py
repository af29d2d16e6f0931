from __future__ import annotations

import pytest

from catalog_platform.commands import local
from support.manifests import SOUND, a_repository


def test_logs_of_what_never_ran_are_no_data_and_a_word_on_how_to_get_some(tmp_path, capsys):
    assert local.logs(a_repository(tmp_path / "r", sample=SOUND), follow=False) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "catalogctl: no logs yet; they begin with: catalogctl local up\n"


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_does_not_run_is_told_in_every_format_and_fails(tmp_path, capsys, form):
    assert local.status(a_repository(tmp_path / "r", sample=SOUND), format=form) == 1
    told = capsys.readouterr().out
    assert "not running" in told if form == "text" else '"running": false' in told
