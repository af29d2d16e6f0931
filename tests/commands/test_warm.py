from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from catalog_platform.commands import warm
from catalog_platform.errors import UsageError
from catalog_platform.pipeline import approval
from catalog_platform.release.warm import WarmUpCounts
from catalog_platform.workspace import Workspace
from support.aws import FakeSession


@pytest.mark.parametrize(
    ("done", "code", "lines"),
    [
        (
            WarmUpCounts(articles=1200, written=7),
            0,
            ["1,200 articles; values that were not in the cache: 7"],
        ),
        (
            WarmUpCounts(articles=1200, written=7, failed=2),
            1,
            [
                "1,200 articles; values that were not in the cache: 7",
                "2 articles could not be written; see the log of function-1",
            ],
        ),
    ],
)
def test_counts_are_printed_and_an_article_that_failed_is_exit_code_1(
    done: WarmUpCounts,
    code: int,
    lines: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    examples: Workspace,
) -> None:
    session = FakeSession()

    def fill(
        given: Any, function: str, *, on_progress: Callable[[WarmUpCounts], None]
    ) -> WarmUpCounts:
        assert (given, function) == (session, "function-1")
        on_progress(done)
        return done

    monkeypatch.setattr(warm, "function_of", lambda *_: (session, "function-1"))
    monkeypatch.setattr(warm, "warm", fill)
    monkeypatch.setattr(warm, "flush", lambda *_: pytest.fail("the cache is emptied"))
    monkeypatch.setattr(warm, "approve_write", lambda *_, **__: pytest.fail("asked"))
    assert warm.run(examples, name="production") == code
    assert capsys.readouterr().out.splitlines() == lines


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps in their order; none of them does anything."""
    made: list[str] = []

    def note(step: str) -> Callable[..., WarmUpCounts]:
        def called(*_: Any, **__: Any) -> WarmUpCounts:
            made.append(step)
            return WarmUpCounts()

        return called

    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(warm, "function_of", lambda *_: (FakeSession(), "function-1"))
    for name in ("approve_write", "flush", "warm"):
        monkeypatch.setattr(warm, name, note(name))
    return made


def test_the_cache_is_emptied_after_an_approval_before_it_is_filled(
    examples: Workspace, order: list[str]
) -> None:
    assert warm.run(examples, name="production", empty_first=True) == 0
    assert order == ["approve_write", "flush", "warm"]


def test_without_an_approval_the_cache_is_not_emptied(
    examples: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(approval, "require_account", lambda *_: None)
    monkeypatch.setattr(warm, "function_of", lambda *_: (FakeSession(), "function-1"))
    monkeypatch.setattr(warm, "flush", lambda *_: pytest.fail("the cache is emptied"))
    with pytest.raises(UsageError, match="not a terminal"):
        warm.run(examples, name="production", empty_first=True)
