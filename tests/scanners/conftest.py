"""The test suite's environments and a stack with planted mistakes, for external scanners."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from aws_cdk import (
    Acknowledgment,
    App,
    CfnResource,
    Environment,
    Stack,
    Validations,
    aws_lambda,
    aws_s3,
)

from catalog_platform.infra.catalog_stack import CatalogStack
from catalog_platform.manifest import Manifests
from catalog_platform.policy.waivers import EnvironmentFacts
from catalog_platform.workspace import Workspace
from support import control_tower, linting, waivers
from support.control_tower import Guard, RuleResults
from support.manifests import EXAMPLES
from support.scanners import ScannerFinding
from support.synthesis import stub_bundles
from support.validation_reports import reported, synthesize_with_scanners


@pytest.fixture(scope="session")
def environments(examples: Workspace) -> tuple[str, ...]:
    return examples.environment_names()


@pytest.fixture(scope="session")
def facts() -> dict[str, EnvironmentFacts]:
    return waivers.facts_of(EXAMPLES)


@pytest.fixture(scope="session")
def assembly(
    examples: Workspace,
    environments: Sequence[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Every environment, with functions that do nothing."""
    folder = tmp_path_factory.mktemp("scanners")
    bundles = stub_bundles(folder / "bundles")

    def build(app: App) -> None:
        for name in environments:
            CatalogStack(app, Manifests(examples).load(name), bundles)

    return synthesize_with_scanners(folder / "assembly", build)


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment `planted`: resources with and without mistakes."""
    return synthesize_with_scanners(tmp_path_factory.mktemp("planted") / "assembly", plant)


def plant(app: App) -> None:
    place = Environment(account="123456789012", region="eu-west-1")
    stack = Stack(app, "catalog-planted", env=place)
    aws_s3.CfnBucket(stack, "Bare")
    aws_s3.CfnBucket(
        stack,
        "Logged",
        logging_configuration=aws_s3.CfnBucket.LoggingConfigurationProperty(
            destination_bucket_name="somewhere-else"
        ),
    )
    aws_lambda.CfnFunction(
        stack,
        "Function",
        code=aws_lambda.CfnFunction.CodeProperty(zip_file="pass"),
        handler="index.handle",
        role="arn:aws:iam::123456789012:role/somebody",
        runtime="python3.13",
    )
    CfnResource(stack, "Mistyped", type="AWS::SQS::Queue", properties={"DelaySeconds": "soon"})
    plant_suppressed_mistakes(stack)


def plant_suppressed_mistakes(stack: Stack) -> None:
    """Add the same mistakes with each scanner's own suppressions."""
    bucket = aws_s3.CfnBucket(stack, "QuietBucket")
    _acknowledge(bucket, "AwsSolutions-S1")
    queue = CfnResource(
        stack, "QuietQueue", type="AWS::SQS::Queue", properties={"DelaySeconds": "soon"}
    )
    queue.add_metadata("cfn-lint", {"config": {"ignore_checks": ["E3012"]}})
    _acknowledge(queue, "CloudFormation-Validate::F3012")


def _acknowledge(resource: CfnResource, rule: str) -> None:
    Validations.of(resource).acknowledge(Acknowledgment(id=rule, reason="to be noticed"))


@pytest.fixture(scope="session")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    return control_tower.unpack(tmp_path_factory.mktemp("guard"))


@pytest.fixture(scope="session")
def rule_results(guard: Guard, assembly: Path, environments: Sequence[str]) -> RuleResults:
    """The results of Control Tower's rules in every environment."""
    return control_tower.evaluate(guard, assembly, environments)


@pytest.fixture(scope="session")
def found(
    assembly: Path,
    environments: Sequence[str],
    rule_results: RuleResults,
    tmp_path_factory: pytest.TempPathFactory,
) -> frozenset[ScannerFinding]:
    """Everything that any scanner finds in any environment."""
    linted = linting.lint(assembly, environments, folder=tmp_path_factory.mktemp("linting"))
    return frozenset([*reported(assembly), *linted, *rule_results.findings])
