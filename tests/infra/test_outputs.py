from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth

OUTPUTS = {
    "StreamName",
    "StreamArn",
    "DatabaseEndpoint",
    "DatabasePort",
    "DatabaseName",
    "DatabaseSecretArn",
    "DatabaseReaderEndpoints",
    "CacheEndpoint",
    "CacheReaderEndpoint",
    "CachePort",
    "ArchiveBucketName",
    "ProcessorFunctionName",
    "DeadLetterQueueUrl",
    "DeadLetterBucketName",
    "AlarmTopicArn",
    "WarningTopicArn",
    "KeyArn",
    "ReplayerFunctionName",
    "ReaderFunctionName",
    "ReaderUrl",
}
OPTIONAL = {"ReplayerFunctionName", "ReaderFunctionName", "ReaderUrl"}


def test_the_outputs_are_complete_and_nothing_is_exported(template: Template) -> None:
    outputs = template.content["Outputs"]
    assert set(outputs) == OUTPUTS
    assert not any("Export" in output for output in outputs.values())


def test_a_disabled_function_has_no_output(minimal: Template) -> None:
    assert set(minimal.content["Outputs"]) == OUTPUTS - OPTIONAL


def test_an_output_names_the_resource(template: Template) -> None:
    outputs = template.content["Outputs"]
    assert outputs["ProcessorFunctionName"]["Value"] == template.ref("Processor/Function")
    assert outputs["ArchiveBucketName"]["Value"] == template.ref("Archive/Bucket")
    assert outputs["StreamArn"]["Value"] == template.arn("Stream/Stream")
