from __future__ import annotations

import pytest
from aws_cdk.aws_cloudwatch import TreatMissingData

from catalog_platform.infra.alarms.missing_data import breaching, not_breaching

pytestmark = pytest.mark.synth


def test_the_treatment_and_its_sentence_agree() -> None:
    quiet, loud = not_breaching("nothing happened"), breaching("the function is gone")
    assert quiet.treatment == TreatMissingData.NOT_BREACHING
    assert quiet.sentence == "Missing data doesn't fire this alarm: nothing happened."
    assert loud.treatment == TreatMissingData.BREACHING
    assert loud.sentence == "Missing data also fires this alarm: the function is gone."
