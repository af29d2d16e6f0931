"""SSM parameters for other stacks."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_every_output_except_the_secret_has_a_parameter(template: Template) -> None:
    outputs = template.content["Outputs"]
    parameters = {
        found["Name"]: found["Value"] for found in template.all_of("AWS::SSM::Parameter").values()
    }
    assert len(parameters) == len(outputs) - 1
    assert parameters["/catalog/sample/stream-name"] == outputs["StreamName"]["Value"]
    assert (
        parameters["/catalog/sample/cache-reader-endpoint"]
        == (outputs["CacheReaderEndpoint"]["Value"])
    )
    assert not any("secret" in name for name in parameters)


def test_no_parameter_reveals_a_secret(template: Template) -> None:
    secrets = [
        template.logical_ids[path] for path in template.logical_ids if path.endswith("Secret")
    ]
    assert secrets
    for parameter in template.all_of("AWS::SSM::Parameter").values():
        assert not any(secret in str(parameter["Value"]) for secret in secrets)


def test_no_parameters_when_disabled(minimal: Template) -> None:
    assert minimal.all_of("AWS::SSM::Parameter") == {}
