"""Read the stack of an environment from a cloud assembly: its resources, roles and bootstrap.

https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cloud-assembly-schema/README.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog_platform.aws.stack import stack_name
from catalog_platform.errors import PlatformError
from catalog_platform.release.preflight.properties import Properties, PseudoParameters


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a template; `policy` is its DeletionPolicy, empty for the type's default."""

    logical_id: str
    type: str
    properties: Properties
    policy: str = ""


Resources = Mapping[str, Resource]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyStack:
    """The stack of one environment in an assembly.

    `bootstrap_version` is the version that the CDK's bootstrap stack must have at least, 0 when
    none is required, and `bootstrap_parameter` the SSM parameter that has the version.
    `execution_role` is the ARN of the role with which CloudFormation makes changes, empty when it
    uses the caller's credentials.
    """

    name: str
    account: str
    region: str
    bootstrap_version: int
    bootstrap_parameter: str
    execution_role: str
    resources: Resources

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        """Return the resources of these types, in the template's order."""
        return tuple(each for each in self.resources.values() if each.type in types)


def read(folder: Path, environment: str) -> AssemblyStack:
    """Return the stack of an environment.

    Raises `PlatformError` when the assembly has no such stack or cannot be read.
    """
    name = stack_name(environment)
    try:
        artifact = json.loads((folder / "manifest.json").read_text("utf-8"))["artifacts"][name]
        properties = artifact["properties"]
        template = json.loads((folder / properties["templateFile"]).read_text("utf-8"))
        place = re.fullmatch(r"aws://([^/]+)/([^/]+)", artifact["environment"])
        if place is None:
            raise ValueError(f"environment {artifact['environment']}")
        pseudo = PseudoParameters(place[1], place[2], name)
        return AssemblyStack(
            name=name,
            account=place[1],
            region=place[2],
            bootstrap_version=int(properties.get("requiresBootstrapStackVersion", 0)),
            bootstrap_parameter=str(properties.get("bootstrapStackVersionSsmParameter", "")),
            execution_role=str(properties.get("cloudFormationExecutionRoleArn", "")).replace(
                "${AWS::Partition}", pseudo.partition
            ),
            resources=resources_of(template, pseudo),
        )
    except OSError as error:
        raise PlatformError(
            f"{error.filename}: {error.strerror}",
            hint=f"synthesise it: catalogctl synth {environment} --out {folder}",
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PlatformError(
            f"{folder}: no stack {name} that can be read: {error}",
            hint=f"synthesise it: catalogctl synth {environment} --out {folder}",
        ) from error


def resources_of(template: Mapping[str, Any], pseudo: PseudoParameters) -> Resources:
    """Return the resources of a template by logical id."""
    return {
        logical_id: Resource(
            logical_id,
            str(body["Type"]),
            Properties(body.get("Properties") or {}, pseudo),
            str(body.get("DeletionPolicy", "")),
        )
        for logical_id, body in template["Resources"].items()
    }
