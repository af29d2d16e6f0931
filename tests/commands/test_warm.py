from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.commands import warm
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
    assert warm.run(Workspace(Path()), name="prod") == code
    assert capsys.readouterr().out.splitlines() == lines


def test_the_cache_is_emptied_before_it_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def note(step: str) -> Callable[..., WarmUpCounts]:
        def called(*_: Any, **__: Any) -> WarmUpCounts:
            order.append(step)
            return WarmUpCounts()

        return called

    monkeypatch.setattr(warm, "function_of", lambda *_: (FakeSession(), "function-1"))
    monkeypatch.setattr(warm, "flush", note("flush"))
    monkeypatch.setattr(warm, "warm", note("warm"))
    assert warm.run(Workspace(Path()), name="prod", empty_first=True) == 0
    assert order == ["flush", "warm"]
