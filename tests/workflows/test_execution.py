"""Runs the workflow files with a fake `catalogctl` that records its calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from support import actions, workflows
from support.checkouts import Checkout
from support.workflows import Runner

Runners = Callable[..., Runner]
Calls = Callable[[], list[str]]
BUILD = ["- validate --format github", "- synth --out cdk.out", "- scan --assembly cdk.out"]
NAMES = [*workflows.deployments()]
LAST = NAMES[-1]


def deployed(names: list[str]) -> list[str]:
    """Return the recorded calls of deployments of these environments, in order."""
    calls = []
    for name in names:
        account = workflows.account(NAMES.index(name))
        calls += [f"{account} deploy {name} --assembly cdk.out", "750", "assembled"]
    return calls


def test_a_merge_is_built_and_scanned_once_and_deployed_in_order_with_a_role_each(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    outcome = runner().push(checkout.root)
    assert outcome.succeeded, outcome.log
    assert calls() == [*BUILD, *deployed(NAMES)]


@pytest.mark.parametrize("verb", ["validate", "synth", "scan"])
def test_nothing_is_deployed_when_the_build_fails(
    verb: str, checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    outcome = runner(f"{verb} *").push(checkout.root)
    assert not outcome.succeeded
    assert not [call for call in calls() if " deploy " in call]
    assert list(outcome.jobs.values()) == ["failure"]


def test_the_last_environment_is_not_deployed_when_the_one_before_it_fails(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    position = max(len(NAMES) - 2, 0)
    outcome = runner(f"deploy {NAMES[position]} *").push(checkout.root)
    assert not outcome.succeeded
    assert calls() == [*BUILD, *deployed(NAMES[: position + 1])]


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
    checkout.propose(f"environments/{LAST}.yaml", "shards: 4", "shards: 6")
    reviewing = runner()
    outcome = reviewing.pull_request(checkout.root)
    assert outcome.succeeded, outcome.log
    shown = outcome.summary.split(f"### {LAST}")[1]
    assert "    -  shards: 4\n    +  shards: 6\n" in shown
    assert f"### {NAMES[0]}\n\nNo change.\n" in outcome.summary
    assert "    environment  passed\n" in shown
    assert (reviewing.store / "published.sarif").read_text() == "{}\n"
    scans = [call for call in calls() if " scan " in call]
    assert scans == ["- scan --assembly cdk.out --sarif policy.sarif"]
    assert not [call for call in calls() if "deploy" in call]


def test_a_policy_violation_fails_the_pull_request_and_is_still_published(
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


def test_a_pull_request_is_rehearsed_in_every_environment_and_gets_one_comment(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    checkout.propose(f"environments/{LAST}.yaml", "shards: 4", "shards: 6")
    reviewing = runner()
    outcome = reviewing.rehearsal(checkout.root)
    assert outcome.succeeded, outcome.log
    expected = [f"- rehearse {name} --base HEAD^1" for name in sorted(NAMES)]
    assert sorted(calls()) == expected
    comment = (reviewing.store / "comment.md").read_text()
    assert comment.splitlines()[0].startswith("<!-- ")
    for name in NAMES:
        assert f"## Rehearsal of {name}: looked at" in comment
        assert f"## Rehearsal of {name}: looked at" in outcome.summary
    assert "--method POST repos/example/catalog/issues/7/comments" in (
        (reviewing.store / "gh").read_text()
    )


def test_a_rehearsal_with_problems_fails_the_run_and_replaces_the_comment(
    checkout: Checkout, runner: Runners
) -> None:
    checkout.propose(f"environments/{LAST}.yaml", "shards: 4", "shards: 6")
    reviewing = runner(f"rehearse {LAST} *")
    reviewing = replace(reviewing, variables={**reviewing.variables, "POSTED": "41"})
    outcome = reviewing.rehearsal(checkout.root)
    assert not outcome.succeeded
    assert [step for _, step in outcome.failed] == ["Rehearse the change"]
    assert f"## Rehearsal of {LAST}: looked at" in (reviewing.store / "comment.md").read_text()
    assert "--method PATCH repos/example/catalog/issues/comments/41" in (
        (reviewing.store / "gh").read_text()
    )


def test_the_rehearsal_of_a_fork_s_branch_is_not_posted(
    checkout: Checkout, runner: Runners
) -> None:
    checkout.propose(f"environments/{LAST}.yaml", "shards: 4", "shards: 6")
    reviewing = runner()
    outcome = reviewing.rehearsal(checkout.root, head="somebody/catalog", only=NAMES[0])
    assert outcome.succeeded, outcome.log
    assert f"## Rehearsal of {NAMES[0]}: looked at" in outcome.summary
    assert not (reviewing.store / "gh").exists()
