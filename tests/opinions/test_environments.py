from __future__ import annotations

import datetime
from collections.abc import Sequence

import pytest

from support.opinions import Acknowledgement, Opinion, disagreement, outdated


@pytest.mark.synth
def test_every_opinion_is_argued_and_every_argument_is_needed(
    opinions: frozenset[Opinion],
    acknowledged: Sequence[Acknowledgement],
    environments: Sequence[str],
) -> None:
    difference = disagreement(opinions, acknowledged, environments)
    if difference:  # not an assertion: what is printed is to be copied as it stands
        pytest.fail(f"tests/opinions/acknowledged.yaml:\n\n{difference}", pytrace=False)


def test_no_argument_has_ended(acknowledged: Sequence[Acknowledgement]) -> None:
    ended = outdated(acknowledged, datetime.datetime.now(datetime.UTC).date())
    if ended:
        pytest.fail(f"tests/opinions/acknowledged.yaml:\n\n{ended}", pytrace=False)


def test_every_argument_ends_some_day(acknowledged: Sequence[Acknowledgement]) -> None:
    last = max(entry.expires for entry in acknowledged)
    told = outdated(acknowledged, last + datetime.timedelta(days=1))
    assert told.count(" ended on ") == len(acknowledged)
