from __future__ import annotations

from collections.abc import Sequence

import pytest

from support.opinions import Acknowledgement, Opinion, disagreement

pytestmark = pytest.mark.synth


def test_every_opinion_is_argued_and_every_argument_is_needed(
    opinions: frozenset[Opinion],
    acknowledged: Sequence[Acknowledgement],
    environments: Sequence[str],
) -> None:
    difference = disagreement(opinions, acknowledged, environments)
    if difference:  # not an assertion: what is printed is to be copied as it stands
        pytest.fail(f"tests/opinions/acknowledged.yaml:\n\n{difference}", pytrace=False)
