from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.session import Session
from catalog_platform.commands import verify as command
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.verification.reconcile import Reconciliation
from catalog_platform.workspace import Workspace
from support.aws import FakeSession


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps in their order; none of them does anything."""
    made: list[str] = []

    def approve(_manifest: Any, _session: Session, verb: str, effect: str, **given: Any) -> None:
        made.append(f"{verb}: {effect}, confirmed: {given['confirmed']}")

    def send(*_: object, **__: object) -> Reconciliation:
        made.append("send")
        return Reconciliation(10, 1.0, ())

    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(command, "session_of", lambda *_: FakeSession())
    monkeypatch.setattr(command, "approve_write", approve)
    monkeypatch.setattr(command, "feed_and_reconcile", send)
    return made


def run(examples: Workspace, name: str, **options: bool) -> int:
    return command.run(examples, name=name, updates=1200, malformed=4, seed=1, **options)


def test_more_malformed_than_updates_is_a_usage_error(
    examples: Workspace,
) -> None:
    with pytest.raises(UsageError, match="--malformed 4: more than --updates 3"):
        command.run(examples, name="local", updates=3, malformed=4, seed=1)


def test_production_on_aws_is_refused_without_the_option(
    examples: Workspace, calls: list[str]
) -> None:
    with pytest.raises(UsageError, match="production is a production environment on AWS") as caught:
        run(examples, "production", yes=True)
    assert "--allow-production" in caught.value.hint
    assert calls == []
    assert run(examples, "production", yes=True, allow_production=True) == 0
    assert calls[-1] == "send"


def test_what_is_written_is_approved_before_it_is_sent(
    examples: Workspace, calls: list[str]
) -> None:
    assert run(examples, "development") == 0
    assert calls == [
        "verify: 1,200 synthetic updates, 4 of them malformed, are written, confirmed: False",
        "send",
    ]


def test_without_an_approval_nothing_is_sent(
    examples: Workspace, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PlatformError("verify: nothing is changed")

    monkeypatch.setattr(command, "approve_write", refuse)
    with pytest.raises(PlatformError, match="nothing is changed"):
        run(examples, "development")
    assert calls == []
