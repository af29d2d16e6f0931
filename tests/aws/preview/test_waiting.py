from __future__ import annotations

from catalog_platform.aws.preview.waiting import wait_for
from support.stubbed import StubbedSession


def test_it_reads_until_the_answer_is_final(session: StubbedSession) -> None:
    numbers = iter(range(5))
    found = wait_for(
        session,
        lambda: {"n": next(numbers)},
        lambda answer: bool(answer["n"] == 3),
        seconds=60,
        subject="it",
    )
    assert found == {"n": 3}
