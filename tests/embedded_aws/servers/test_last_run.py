"""Ports and secrets stay the same as long as the data does."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from embedded_aws.servers import last_run
from embedded_aws.servers.layout import Layout, write_private


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(tmp_path / ".local")
    found.create()
    return found


def secrets_of(settings: last_run.RunSettings) -> tuple[str, ...]:
    return (settings.postgres_password, settings.cache_password, settings.session_token)


def test_each_set_of_data_has_its_own_secrets(tmp_path: Path) -> None:
    found: list[str] = []
    for name in ("one", "other"):
        layout = Layout(tmp_path / name)
        layout.create()
        found += secrets_of(last_run.prepare(layout)[0])
    assert len(set(found)) == len(found)
    assert min(map(len, found)) >= 43


def test_repr_contains_no_secret(layout: Layout) -> None:
    settings, _ = last_run.prepare(layout)
    assert not [secret for secret in secrets_of(settings) if secret in repr(settings)]


def test_data_without_a_token_gets_one(layout: Layout) -> None:
    first, _ = last_run.prepare(layout)
    old = {k: v for k, v in asdict(first).items() if k not in ("session_token", "cache_password")}
    write_private(layout.run_settings, json.dumps(old))
    again, before = last_run.prepare(layout)
    assert before is not None
    assert again.postgres_password == first.postgres_password
    assert again.session_token
    assert last_run.prepare(layout)[0] == again


def test_ports_and_passwords_are_kept(layout: Layout) -> None:
    first, before = last_run.prepare(layout)
    assert before is None
    assert last_run.prepare(layout) == (first, first)
    assert last_run.changed_ports(first, replace(first, cache_port=7)) == {first.cache_port: 7}
    assert last_run.changed_ports(None, first) == {}
