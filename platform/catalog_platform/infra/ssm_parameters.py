"""Where everything is, for stacks that do not import from this one."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from catalog_platform import model


class Discovery(Construct):
    """SSM parameters `/catalog/<environment>/<name>`; none of them is a secret or leads to one.

    Unlike exports of CloudFormation, a parameter never keeps this stack from being changed.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Release,
        place: model.Environment,
        values: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id)
        if not spec.discovery_parameters:
            return
        for name, value in values.items():
            ssm.CfnParameter(
                self,
                name.title().replace("-", ""),
                name=f"/catalog/{place.name}/{name}",
                type="String",
                value=value,
                description=f"Product catalog, environment {place.name}: {name.replace('-', ' ')}",
                tier="Standard",
            )
