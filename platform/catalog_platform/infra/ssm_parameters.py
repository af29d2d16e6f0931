"""SSM parameters with the stack's outputs, for other stacks and tools."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from catalog_platform import model

# Many principals can read the parameters, so they must not reveal secrets' ARNs.
_NOT_FOR_OTHERS = ("DatabaseSecretArn",)


class SsmParameters(Construct):
    """SSM parameters `/catalog/<environment>/<name>` for other stacks, one for each output.

    Unlike CloudFormation exports, parameters don't block changes of this stack.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Release,
        environment: model.Environment,
        outputs: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id)
        if not spec.discovery_parameters:
            return
        for output, value in outputs.items():
            if output in _NOT_FOR_OTHERS:
                continue
            name = parameter_name(output)
            ssm.CfnParameter(
                self,
                name.title().replace("-", ""),
                name=f"/catalog/{environment.name}/{name}",
                type="String",
                value=value,
                description=f"Product catalog, environment {environment.name}: "
                f"{name.replace('-', ' ')}",
                tier="Standard",
            )


def parameter_name(output: str) -> str:
    """Return the name of an output's parameter, such as `stream-name` for `StreamName`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", output).lower()
