"""https://github.com/cdklabs/cdk-nag"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.scanners import ScannerFinding
from support.validation_reports import PACK_NAMES, acknowledged_in_code, reported

pytestmark = pytest.mark.synth
LOGGING = {
    "AwsSolutions": "S1",
    "HIPAA.Security": "S3BucketLoggingEnabled",
    "NIST.800.53.R5": "S3BucketLoggingEnabled",
    "PCI.DSS.321": "S3BucketLoggingEnabled",
}


@pytest.mark.parametrize("pack", LOGGING)
def test_a_pack_finds_the_bucket_without_access_logs_and_only_that(
    pack: str, planted: Path
) -> None:
    found = set(reported(planted))
    assert ScannerFinding(pack, LOGGING[pack], "planted", "Bare") in found
    assert ScannerFinding(pack, LOGGING[pack], "planted", "Logged") not in found


def test_the_serverless_pack_finds_the_function_without_tracing(planted: Path) -> None:
    assert ScannerFinding("Serverless", "LambdaTracing", "planted", "Function") in set(
        reported(planted)
    )


def test_every_pack_finds_a_planted_mistake(planted: Path) -> None:
    assert {*LOGGING, "Serverless"} == set(PACK_NAMES)
    assert set(PACK_NAMES) <= {finding.tool for finding in reported(planted)}


def test_a_rule_that_is_acknowledged_in_code_is_noticed(planted: Path) -> None:
    assert ("/catalog-planted/QuietBucket", "Annotation::AwsSolutions-S1") in acknowledged_in_code(
        planted
    )


def test_only_the_construct_library_acknowledges_findings_in_code(
    assembly: Path,
) -> None:
    rules = {rule for _, rule in acknowledged_in_code(assembly)}
    assert rules <= {"CloudFormation-Validate::F3002", "CloudFormation-Validate::F3003"}


def test_a_plugin_that_failed_is_an_error(tmp_path: Path) -> None:
    broken = {
        "pluginName": "AwsSolutions",
        "conclusion": "failure",
        "metadata": {"error": "Validation plugin 'AwsSolutions' failed: no construct tree"},
        "violations": [],
    }
    report = {"title": "Validation Report", "pluginReports": [broken]}
    (tmp_path / "validation-report.json").write_text(json.dumps(report))
    with pytest.raises(ValueError, match=r"AwsSolutions has no findings.*no construct tree"):
        list(reported(tmp_path))
