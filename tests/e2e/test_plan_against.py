"""The plan against an account: a stack on the embedded AWS that differs from its template."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.aws.preview.template_argument import BODY_BYTES, staging_bucket
from catalog_platform.local.state import Embedded
from catalog_platform.pipeline.planning.against_aws import AgainstAws
from catalog_platform.plan.environment import resource_changes
from catalog_platform.plan.model import Account, EnvironmentPlan
from catalog_platform.plan.stack import Stack
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace
from support.embedded import ACCOUNT, REGION, bundle, client, running
from support.manifests import DEFAULTS
from support.plan_models import environment
from support.stacks import apply, remove

pytestmark = pytest.mark.e2e

NAME = "shop"
STACK = f"catalog-{NAME}"
CODE_BUCKET = "code"
MANIFEST = f"""\
environment:
  name: {NAME}
  tier: development
  account: "{ACCOUNT}"
  region: {REGION}
network:
  cidr: 10.55.0.0/16
release:
  target: embedded
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("workspace")
    (found / "environments").mkdir()
    (found / "environments" / "defaults.yaml").write_text(DEFAULTS)
    (found / "environments" / f"{NAME}.yaml").write_text(MANIFEST)
    return found


@pytest.fixture(scope="module")
def embedded(root: Path) -> Iterator[Embedded]:
    with running(root) as found:
        buckets = client(found, "s3")
        buckets.create_bucket(Bucket=CODE_BUCKET)
        code = bundle("def handle(event, context): ...")
        buckets.put_object(Bucket=CODE_BUCKET, Key="handler.zip", Body=code)
        buckets.create_bucket(Bucket=staging_bucket(ACCOUNT, REGION))
        yield found


def resources(memory: int = 128, **more: Any) -> dict[str, Any]:
    principal = {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **principal}]}
    function = {
        "Runtime": "python3.13",
        "Handler": "handler.handle",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"S3Bucket": CODE_BUCKET, "S3Key": "handler.zip"},
        "MemorySize": memory,
        "Environment": {"Variables": {"LEVEL": "INFO"}},
    }
    return {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
        **more,
    }


def stack(found: dict[str, Any]) -> Stack:
    return Stack(
        template={"Resources": found},
        account=ACCOUNT,
        region=REGION,
        is_protected=False,
        paths={"Function": "Processor/Function"},
    )


def asked(root: Path, base: dict[str, Any], head: dict[str, Any]) -> EnvironmentPlan:
    against = AgainstAws(Workspace(root), [NAME], Progress(quiet=True))
    changes = resource_changes(stack(base), stack(head))
    status = "changed" if changes else "unchanged"
    plan = against(environment(NAME, *changes, status=status), stack(base), stack(head))
    assert isinstance(plan.account, Account)
    assert [each for each in plan.account.answers if not each.answered] == []
    return plan


def change_sets(embedded: Embedded) -> list[dict[str, Any]]:
    answer = client(embedded, "cloudformation").list_change_sets(StackName=STACK)
    found: list[dict[str, Any]] = answer["Summaries"]
    return found


@pytest.fixture
def deployed(embedded: Embedded) -> Iterator[dict[str, Any]]:
    found = resources()
    apply(embedded, STACK, found)
    yield found
    remove(embedded, STACK)


def test_a_variable_that_was_changed_by_hand_puts_the_update_at_risk(
    embedded: Embedded, root: Path, deployed: dict[str, Any]
) -> None:
    stacks = client(embedded, "cloudformation")
    answer = stacks.describe_stack_resource(StackName=STACK, LogicalResourceId="Function")
    name = answer["StackResourceDetail"]["PhysicalResourceId"]
    variables = {"Variables": {"LEVEL": "DEBUG", "SHOP_PASSWORD": "hunter2"}}
    client(embedded, "lambda").update_function_configuration(
        FunctionName=name, Environment=variables
    )
    untouched = asked(root, deployed, deployed)
    assert (untouched.status, untouched.verdict) == ("unchanged", "safe")
    plan = asked(root, deployed, resources(memory=256))
    (row,) = plan.changes
    assert (row.resource, row.verdict, row.blocking) == ("Processor/Function", "at_risk", True)
    for found, verdict in ((untouched, "safe"), (plan, "at_risk")):
        assert isinstance(found.account, Account)
        notes = {each.property: each for each in found.account.notes}
        level = notes["Environment.Variables.LEVEL"]
        assert (level.expected, level.actual, level.verdict) == ("INFO", "DEBUG", verdict)
        assert "hunter2" not in str(found)
    assert change_sets(embedded) == []


def test_a_deployment_that_is_not_the_base_is_told(
    embedded: Embedded, root: Path, deployed: dict[str, Any]
) -> None:
    topic = {"Type": "AWS::SNS::Topic"}
    plan = asked(root, resources(memory=512, Topic=topic), resources(memory=512))
    assert isinstance(plan.account, Account)
    notes = {each.logical_id: each for each in plan.account.notes if each.question == "template"}
    assert (notes["Function"].expected, notes["Function"].actual) == (512, 128)
    assert "doesn't have this resource" in notes["Topic"].message
    assert "Processor/Function" in [each.resource for each in plan.changes]


def test_a_large_template_is_uploaded_and_nothing_is_left(
    embedded: Embedded, root: Path, deployed: dict[str, Any]
) -> None:
    many: dict[str, Any] = {
        f"Topic{number}": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"DisplayName": "x" * 90, "TopicName": f"topic-{number}"},
        }
        for number in range(400)
    }
    head = resources(**many)
    assert len(json.dumps(head)) > BODY_BYTES
    plan = asked(root, deployed, head)
    assert [each.verdict for each in plan.changes] == ["safe"] * len(many)
    assert change_sets(embedded) == []
    left = client(embedded, "s3").list_objects_v2(Bucket=staging_bucket(ACCOUNT, REGION))
    assert left.get("Contents", []) == []


def test_a_stack_that_does_not_exist_is_not_left_in_review(embedded: Embedded, root: Path) -> None:
    plan = asked(root, resources(), resources())
    assert isinstance(plan.account, Account)
    names = [each.question for each in plan.account.answers]
    assert names == ["stack", "change_set"]
    answer = client(embedded, "cloudformation").describe_stacks()
    assert STACK not in [each["StackName"] for each in answer["Stacks"]]
