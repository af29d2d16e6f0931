"""The workflow files executed, with a catalogctl that only writes down how it was called."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support import actions
from support.checkouts import Checkout
from support.workflows import Runner

Runners = Callable[..., Runner]
Calls = Callable[[], list[str]]
BUILD = ["- validate --format github", "- synth --out cdk.out", "- scan --assembly cdk.out"]
DEV = ["111111111111 deploy dev --assembly cdk.out", "750", "assembled"]
STAGING = ["222222222222 deploy staging --assembly cdk.out", "750", "assembled"]
PROD = ["333333333333 deploy prod --assembly cdk.out", "750", "assembled"]


def test_a_merge_is_built_and_scanned_once_and_deployed_in_order_with_a_role_each(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    outcome = runner().push(checkout.root)
    assert outcome.succeeded, outcome.log
    assert calls() == [*BUILD, *DEV, *STAGING, *PROD]


@pytest.mark.parametrize("verb", ["validate", "synth", "scan"])
def test_nothing_is_deployed_when_the_build_fails(
    verb: str, checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    outcome = runner(f"{verb} *").push(checkout.root)
    assert not outcome.succeeded
    assert not [call for call in calls() if " deploy " in call]
    assert list(outcome.jobs.values()) == ["failure"]


def test_prod_is_not_deployed_when_staging_fails(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    outcome = runner("deploy staging *").push(checkout.root)
    assert not outcome.succeeded
    assert calls() == [*BUILD, *DEV, *STAGING]


def test_an_assembly_that_was_swapped_after_the_scan_is_not_deployed(
    checkout: Checkout, runner: Runners, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    download = actions.ACTIONS["actions/download-artifact"]
    swapped = actions.Action(download.inputs, f"{download.script}\necho x >> assembly.tar")
    monkeypatch.setattr(
        actions, "ACTIONS", {**actions.ACTIONS, "actions/download-artifact": swapped}
    )
    outcome = runner().push(checkout.root)
    assert not outcome.succeeded
    assert calls() == BUILD
    assert "assembly.tar: FAILED" in outcome.log


def test_a_pull_request_is_shown_what_changes_and_publishes_findings(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    checkout.propose("environments/prod.yaml", "shards: 4", "shards: 6")
    reviewing = runner()
    outcome = reviewing.pull_request(checkout.root)
    assert outcome.succeeded, outcome.log
    prod = outcome.summary.split("### prod")[1]
    assert "    -  shards: 4\n    +  shards: 6\n" in prod
    assert "### dev\n\nNo change.\n" in outcome.summary
    assert "    environment  passed\n" in prod
    assert (reviewing.store / "published.sarif").read_text() == "{}\n"
    scans = [call for call in calls() if " scan " in call]
    assert scans == ["- scan --assembly cdk.out --sarif policy.sarif"]
    assert not [call for call in calls() if "deploy" in call]


def test_a_policy_violation_fails_the_pull_request_and_is_published_all_the_same(
    checkout: Checkout, runner: Runners
) -> None:
    reviewing = runner("scan *")
    outcome = reviewing.pull_request(checkout.root)
    assert not outcome.succeeded
    assert list(outcome.jobs.values()) == ["failure", "success"]
    assert (reviewing.store / "published.sarif").exists()


def test_a_manifest_with_a_mistake_ends_the_pull_request_s_run_before_anything_is_built(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    outcome = runner("validate *").pull_request(checkout.root)
    assert not outcome.succeeded
    assert calls() == ["- validate --format github"]
