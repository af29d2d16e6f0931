from __future__ import annotations

import json

import pytest

from catalog_runtime import logs


def test_a_line_is_json_with_the_facts(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("test", "INFO")

    logs.LOGGER.info("hello\nworld", extra={"facts": {"count": 3}})
    logs.LOGGER.debug("too quiet")

    (line,) = capsys.readouterr().out.splitlines()
    entry = json.loads(line)
    assert entry["timestamp"].endswith("+00:00")
    del entry["timestamp"]
    assert entry == {
        "level": "INFO",
        "message": "hello\nworld",
        "environment": "test",
        "count": 3,
    }


def test_an_exception_shows_its_type_and_places_but_not_its_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("test", "INFO")
    try:
        raise ValueError("a payload")
    except ValueError:
        logs.LOGGER.exception("failed")

    out = capsys.readouterr().out
    entry = json.loads(out)
    assert entry["exception"] == "ValueError"
    assert "test_logs.py" in entry["stack"][0]
    assert "a payload" not in out


def test_a_line_names_the_trace_of_its_invocation(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logs.configure("test", "INFO")
    root = "1-5759e988-bd862e3fe1be46a994272793"
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={root};Parent=53995c3f42cd8ad8;Sampled=1")

    logs.LOGGER.info("traced")

    assert json.loads(capsys.readouterr().out)["trace_id"] == root
