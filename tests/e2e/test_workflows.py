"""The workflow files, run with the real `catalogctl` against the embedded AWS.

No network is used: the tools are installed and the functions are built before a workflow starts.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from catalog_platform import packaging
from catalog_platform.aws.session import Session
from catalog_platform.local import launcher
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.synth import with_target
from catalog_platform.release.deploy import bootstrap
from catalog_platform.workspace import Toolchain, Workspace
from support import workflows
from support.checkouts import Checkout
from support.manifests import EXAMPLES
from support.workflows import Runner

pytestmark = pytest.mark.e2e

REGION = "eu-west-1"
LAST = [*workflows.deployments()][-1]
MANIFEST = f"environments/{LAST}.yaml"
GATE = "Check the jobs before this one"
COMMENT, POSTED = "<!-- catalogctl plan -->", "comment-catalogctl-plan.md"
ENDPOINT = ("AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "AWS_EC2_METADATA_DISABLED")


@pytest.fixture(scope="module")
def accounts() -> dict[str, str]:
    """Return the account of each environment that is deployed to AWS."""
    return {name: workflows.account(place) for place, name in enumerate(workflows.deployments())}


@pytest.fixture(scope="module")
def variables(repository: Workspace) -> dict[str, str]:
    """Return variables that make `catalogctl` deploy with bundles for this machine, and build no
    bundle: a plan has those of its manifests.
    """
    uv, out = Toolchain.installed().uv, repository.build / "bundles"
    targets = {packaging.BuildTarget.of_this_machine()}
    for manifest in Manifests(EXAMPLES).check([])[0].values():
        targets.add(with_target(manifest, None)[1])
    for declared in repository.functions.glob("*/bundle.toml"):
        for target in targets:
            packaging.build(declared.parent, target, out, uv)
    cache = subprocess.run([uv, "cache", "dir"], capture_output=True, text=True, check=True)
    return {
        "CATALOGCTL_TARGET": "embedded",
        "UV_CACHE_DIR": cache.stdout.strip(),
        "UV_OFFLINE": "1",
    }


@pytest.fixture
def embedded_aws(tmp_path: Path, accounts: dict[str, str]) -> Iterator[Session]:
    """Start an embedded AWS in which the account of every environment is bootstrapped."""
    workspace, toolchain = Workspace(tmp_path / "aws"), Toolchain.installed()
    running = launcher.start(
        workspace,
        toolchain,
        account=accounts[LAST],
        region=REGION,
        owner=os.getpid(),  # nothing is left when the test run is killed
    )
    try:
        session = Session(REGION, running.aws_environment())
        with ThreadPoolExecutor() as pool:  # a bootstrap mostly waits
            for done in [
                pool.submit(bootstrap, toolchain, _in_account(session, account), account)
                for account in accounts.values()
            ]:
                done.result()
        yield session
    finally:
        launcher.stop(workspace)


def _in_account(session: Session, account: str) -> Session:
    return Session(session.region, {**session.variables, "AWS_ACCESS_KEY_ID": account})


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root = tmp_path / "repository"
    root.mkdir()
    return Checkout.of_this_repository(root, workflows.manifests())


@pytest.fixture
def runner(tmp_path: Path, accounts: dict[str, str], variables: dict[str, str]) -> Runner:
    home = Toolchain.installed().home
    return Runner(tmp_path / "runner", home, accounts, variables, rehearses=False)


def test_a_manifest_edit_is_planned_merged_and_deployed(
    checkout: Checkout, runner: Runner, accounts: dict[str, str], embedded_aws: Session
) -> None:
    reached = {key: embedded_aws.variables[key] for key in ENDPOINT}
    runner = replace(runner, variables={**runner.variables, **reached})
    checkout.propose(MANIFEST, "shards: 4", "shards: 6")

    plan = runner.pull_request(checkout.root)

    assert plan.succeeded, plan.log
    changes, policies = plan.summary.split("### Policies: ")
    unchanged = len(workflows.deployments()) - 1
    assert f"### Plan: {unchanged} unchanged, 1 changed" in changes
    assert f"| {LAST} | changed | safe | 1 |" in changes
    assert "stream.shards" in changes
    assert changes.startswith(COMMENT)
    assert (runner.store / POSTED).read_text().startswith(COMMENT)
    planned = json.loads((runner.store / "reports" / "plan.json").read_text())["environments"]
    (changed,) = [each for each in planned if each["status"] != "unchanged"]
    assert (changed["environment"], changed["status"]) == (LAST, "changed")
    assert changed["target"] == "aws"
    assert [each["key"] for each in changed["keys"]] == ["stream.shards"]
    assert re.match(r"no errors · (\d+ other findings · )?0 new · ", policies)
    assert f"| <code>{LAST}</code> |" in policies
    assert "### Policies: no errors" in (runner.store / POSTED).read_text()
    assert (runner.store / "published.sarif").is_file()

    checkout.merge()
    deployment = runner.push(checkout.root)

    assert deployment.succeeded, deployment.log
    shards = {name: _shards(_in_account(embedded_aws, accounts[name]), name) for name in accounts}
    assert shards[LAST] == 6
    assert all(count < 4 for name, count in shards.items() if name != LAST)


def _shards(session: Session, environment: str) -> int:
    """Return the open shards of the stream in an environment's stack."""
    stacks = session.client("cloudformation").describe_stacks(StackName=f"catalog-{environment}")
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks["Stacks"][0]["Outputs"]}
    stream = session.client("kinesis").describe_stream_summary(StreamName=outputs["StreamName"])
    found: int = stream["StreamDescriptionSummary"]["OpenShardCount"]
    return found


def test_a_typo_in_a_manifest_fails_the_plan_at_its_line(
    checkout: Checkout, runner: Runner
) -> None:
    checkout.propose(MANIFEST, "shards: 4", "shard: 4")
    plan = runner.pull_request(checkout.root)
    assert not plan.succeeded
    assert [step for _, step in plan.failed] == ["Validate every manifest", GATE]
    assert "unknown key 'shard'" in plan.log
    assert f"file={MANIFEST},line=14,col=3" in plan.log
    assert plan.jobs["plan/Merge gate"] == "failure"


@pytest.mark.synth
def test_a_policy_violation_fails_the_plan_and_is_published_with_the_manifest_s_line(
    checkout: Checkout, runner: Runner
) -> None:
    edited = "  read_replicas: 1\n  monitoring_interval_seconds: 0\n"
    checkout.propose(MANIFEST, "  read_replicas: 1\n", edited)
    plan = runner.pull_request(checkout.root)
    assert not plan.succeeded
    assert "Plan what a merge does and scan it" in [step for _, step in plan.failed]
    assert MANIFEST in plan.summary
    assert "CKV&#95;AWS&#95;118" in plan.summary
    assert "CKV_AWS_118" in (runner.store / "published.sarif").read_text()
