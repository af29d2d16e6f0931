from __future__ import annotations

import io
import json
from typing import Any

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.release.warm import WarmUpCounts, flush, warm
from support.aws import FakeSession


class Reader:
    """Answers each call with the next of the given responses."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.cursors: list[str] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == "reader"
        self.cursors.append(json.loads(Payload)["warm"])
        return {"Payload": io.BytesIO(json.dumps(self.answers.pop(0)).encode())}


def portion(cursor: str | None, *, articles: int = 2, failure: str | None = None) -> Any:
    return {"articles": articles, "written": 1, "failure": failure, "cursor": cursor}


def run(*answers: Any) -> tuple[WarmUpCounts, Reader, list[int]]:
    reader, seen = Reader(*answers), list[int]()
    session = FakeSession(**{"lambda": reader})
    total = warm(session, "reader", on_progress=lambda count: seen.append(count.articles))
    return total, reader, seen


def test_portions_are_added_until_there_is_no_cursor() -> None:
    total, reader, seen = run(portion("a"), {**portion("b"), "failed": 3}, portion(None))
    assert (total.articles, total.written, total.failed) == (6, 3, 3)
    assert reader.cursors == ["", "a", "b"]
    assert seen == [2, 4, 6]


def test_a_function_that_returns_to_a_cursor_makes_no_progress() -> None:
    with pytest.raises(PlatformError, match="makes no progress after 'a'"):
        run(portion("a"), portion("b"), portion("a"))


def test_an_unavailable_store_is_reported_with_the_articles_before_it() -> None:
    with pytest.raises(PlatformError, match=r"cache is down \(after 4 articles\)") as caught:
        run(portion("a"), portion("b", failure="cache is down"))
    assert "repeating it is safe" in caught.value.hint


class Flushing:
    """Answers a request to empty the cache."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        assert (FunctionName, json.loads(Payload)) == ("reader", {"flush": True})
        return {"Payload": io.BytesIO(json.dumps(self.answer).encode())}


def test_the_cache_is_emptied_only_if_the_function_says_so() -> None:
    flush(FakeSession(**{"lambda": Flushing({"flushed": True})}), "reader")
    with pytest.raises(PlatformError, match="did not empty the cache"):
        flush(FakeSession(**{"lambda": Flushing({})}), "reader")


@pytest.mark.parametrize("answer", [{}, {"articles": "two"}, {**portion(None), "written": None}])
def test_a_response_without_counts_is_from_another_version(answer: Any) -> None:
    with pytest.raises(PlatformError, match="did not return counts"):
        run(answer)
