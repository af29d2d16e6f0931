"""What `demo` starts and stops; tests/e2e/test_demo.py runs all of it."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.commands import demo
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.local import launcher, state
from catalog_platform.verification.reconcile import Reconciliation, Row
from catalog_platform.workspace import Workspace

RIGHT = Reconciliation(10, 1.0, (Row("cache", "facts", 5, 5, 0),))
LOST = Reconciliation(10, 1.0, (Row("cache", "facts", 5, 4, 0),))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps of a demo in their order; none of them does anything."""
    made: list[str] = []
    for module, name in (
        (demo, "scanned_assembly"),
        (launcher, "start"),
        (demo, "session_of"),
        (demo, "deploy_assembly"),
        (launcher, "stop"),
    ):
        monkeypatch.setattr(module, name, lambda *_, name=name, **__: made.append(name))
    monkeypatch.setattr(demo, "feed_and_reconcile", lambda *_, **__: RIGHT)
    return made


@pytest.mark.parametrize("is_running", [True, False])
def test_only_what_the_demo_has_started_is_stopped(
    is_running: bool, examples: Workspace, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    running: Any = object() if is_running else None
    monkeypatch.setattr(state, "read", lambda _workspace: running)
    assert demo.run(examples, updates=10, malformed=1) == 0
    steps = ["scanned_assembly", "start", "session_of", "deploy_assembly"]
    assert calls == steps + ([] if is_running else ["stop"])


def test_a_failure_stops_what_was_started(
    examples: Workspace, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise PlatformError("no")

    monkeypatch.setattr(state, "read", lambda _workspace: None)
    monkeypatch.setattr(demo, "deploy_assembly", fail)
    with pytest.raises(PlatformError):
        demo.run(examples, updates=10, malformed=1)
    assert calls[-1] == "stop"


@pytest.mark.parametrize(("found", "code"), [(RIGHT, 0), (LOST, 1)])
def test_the_next_steps_are_shown_only_after_a_success(
    found: Reconciliation,
    code: int,
    examples: Workspace,
    calls: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(state, "read", lambda _workspace: None)
    monkeypatch.setattr(demo, "feed_and_reconcile", lambda *_, **__: found)
    assert demo.run(examples, updates=10, malformed=1) == code
    assert (demo.NEXT in capsys.readouterr().out) == (code == 0)


def test_the_next_steps_fit_into_80_columns() -> None:
    assert max(len(line) for line in demo.NEXT.splitlines()) <= 80


def test_more_malformed_than_updates_is_a_usage_error_before_anything_starts(
    examples: Workspace, calls: list[str]
) -> None:
    with pytest.raises(UsageError, match="--malformed 4: more than --updates 3"):
        demo.run(examples, updates=3, malformed=4)
    assert calls == []
