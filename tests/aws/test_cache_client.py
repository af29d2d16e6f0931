from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.aws import cache_client
from support import harmful_variables

URL = "redis://:secret@127.0.0.1:6379/0"


def test_no_variable_changes_a_connection(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clean = cache_client.of_url(URL, seconds=3).connection_pool.connection_kwargs
    home = harmful_variables.write_home(tmp_path, "192.0.2.1:1")
    for name, value in harmful_variables.variables(home, "192.0.2.1:1").items():
        monkeypatch.setenv(name, value)
    found = cache_client.of_url(URL, seconds=3).connection_pool.connection_kwargs
    names = ("host", "port", "db", "password", "socket_timeout")
    assert [found[name] for name in names] == ["127.0.0.1", 6379, 0, "secret", 3]
    assert {name: found[name] for name in names} == {name: clean[name] for name in names}
