"""SSM parameters with the stack's outputs, for other stacks and tools."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from catalog_platform import model


class SsmParameters(Construct):
    """SSM parameters `/catalog/<environment>/<name>` for other stacks; they contain no secrets.

    Unlike CloudFormation exports, parameters don't block changes of this stack.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Release,
        environment: model.Environment,
        values: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id)
        if not spec.discovery_parameters:
            return
        for name, value in values.items():
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
