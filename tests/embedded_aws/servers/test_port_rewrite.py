"""Stored state follows changed ports."""

from __future__ import annotations

import json
from pathlib import Path

from embedded_aws.servers.port_rewrite import rewrite_state, rewritten

MOVES = {36013: 40001, 49777: 40002}


def test_ports_are_replaced_in_numbers_and_strings() -> None:
    before = {
        "port": 36013,
        "variables": {"DATABASE_PORT": "36013", "URL": "redis://127.0.0.1:49777/0"},
        "secret": ['{"port": 36013, "host": "127.0.0.1"}'],
    }
    assert rewritten(before, MOVES) == {
        "port": 40001,
        "variables": {"DATABASE_PORT": "40001", "URL": "redis://127.0.0.1:40002/0"},
        "secret": ['{"port": 40001, "host": "127.0.0.1"}'],
    }


def test_longer_numbers_identifiers_and_fractions_are_unchanged() -> None:
    texts = ["136013", "a-36013-b", "1.36013", "x36013"]
    assert rewritten([*texts, 360130, True, None, 36013.5], MOVES) == [
        *texts,
        360130,
        True,
        None,
        36013.5,
    ]


def test_binary_content_is_unchanged() -> None:
    assert rewritten({"__bytes__": "36013"}, MOVES) == {"__bytes__": "36013"}


def test_only_services_that_can_hold_a_port_are_rewritten(tmp_path: Path) -> None:
    for name in ("lambda", "ssm", "kinesis"):
        (tmp_path / f"{name}.json").write_text('{"a": "36013"}', encoding="utf-8")
    rewrite_state(tmp_path, MOVES)
    found = {path.stem: json.loads(path.read_text("utf-8"))["a"] for path in tmp_path.iterdir()}
    assert found == {"lambda": "40001", "ssm": "40001", "kinesis": "36013"}
