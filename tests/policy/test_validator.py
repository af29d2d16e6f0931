from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from catalog_platform.policy.assembly import StackTemplate, read
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.validator import Validator
from support import templates
from support.templates import QUEUE, VALID

PLANTED = {
    "Unknown": {"Type": "AWS::SQS::Queue", "Properties": {"Delay": 1}},
    "Mistyped": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": "soon"}},
    "TooLong": {"Type": "AWS::SQS::Queue", "Properties": {"MessageRetentionPeriod": 9999999}},
    "Dangling": {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": {"Ref": "Gone"}}},
    "Missing": {"Type": "AWS::Kinesis::StreamConsumer", "Properties": {"ConsumerName": "a"}},
}
CDK = """
import json, sys
import aws_cdk as cdk
app = cdk.App(outdir=sys.argv[2], analytics_reporting=False)
stack = cdk.Stack(app, "catalog-dev")
for name, planted in json.loads(sys.argv[1]).items():
    cdk.CfnResource(stack, name, type=planted["Type"], properties=planted["Properties"])
try:
    app.synth()
except RuntimeError:
    pass  # the report is written all the same
"""


def stack(folder: Path, **resources: object) -> StackTemplate:
    (found,), _ = read(templates.assembly(folder, dev=resources), ["dev"])
    return found


def test_a_valid_template_has_no_verdicts(tmp_path: Path) -> None:
    result = Validator().scan(stack(tmp_path, Queue=QUEUE, Name=VALID))
    assert (result.verdicts, result.problems) == ([], [])


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_mistake_is_an_error_of_its_resource(planted: str, tmp_path: Path) -> None:
    verdicts = Validator().scan(stack(tmp_path, **{planted: PLANTED[planted]})).verdicts
    assert {(v.logical_id, v.severity) for v in verdicts} == {(planted, PolicySeverity.HIGH)}


def test_unknown_resource_types_are_returned() -> None:
    types = ["AWS::SQS::Queue", "AWS::SQS::Queu", "queue", "AWS::S3::Bucket"]
    assert Validator().unknown_types(types) == {"AWS::SQS::Queu", "queue"}


@pytest.mark.synth
def test_it_finds_what_the_validation_within_the_cdk_finds(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", CDK, json.dumps(PLANTED), tmp_path / "out"],
        env={key: value for key, value in os.environ.items() if key != "CDK_VALIDATION"},
        timeout=120,
        check=True,
        capture_output=True,
    )
    report = json.loads((tmp_path / "out" / "validation-report.json").read_text())
    theirs = {
        violation["ruleName"]
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
    }
    (built,), _ = read(tmp_path / "out", ["dev"])
    ours = {verdict.policy for verdict in Validator().scan(built).verdicts}
    assert theirs
    assert theirs <= ours
