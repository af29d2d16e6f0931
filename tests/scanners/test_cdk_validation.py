"""https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.scanners import ScannerFinding
from support.validation_reports import CDK_VALIDATION, reported

pytestmark = pytest.mark.synth


def test_it_finds_the_mistyped_property_even_where_that_is_acknowledged_in_code(
    planted: Path,
) -> None:
    assert {finding for finding in reported(planted) if finding.tool == CDK_VALIDATION} == {
        ScannerFinding(CDK_VALIDATION, "F3012", "planted", "Mistyped"),
        ScannerFinding(CDK_VALIDATION, "F3012", "planted", "QuietQueue"),
    }
