"""Runs the workflow files with a fake `catalogctl` that records its calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from catalog_platform.report.plan_markdown import LIMIT
from support import actions, workflows
from support.checkouts import Checkout
from support.workflows import Runner

Runners = Callable[..., Runner]
Calls = Callable[[], list[str]]
BUILD = [
    "- validate --format github",
    "- synth --out cdk.out",
    "- scan --assembly cdk.out --keep-going --format github",
]
PLAN = "- plan --scan --base HEAD^1 --format github --out report"
BEFORE_PLAN = ["- validate --format github", "- shards --base HEAD^1"]
STEP = "Plan what a merge does and scan it"
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


def test_a_pull_request_is_planned_and_gets_the_plan_and_findings(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    reviewing = runner()
    outcome = reviewing.pull_request(checkout.root)
    assert outcome.succeeded, outcome.log
    assert "What a merge does → shown\n" in outcome.summary
    assert "\n### Policies: seen\n" in outcome.summary
    assert (reviewing.store / "published.sarif").read_text() == "{}\n"
    # Of the reports, jobs that can write get these two.
    assert {path.name for path in (reviewing.store / "plan").iterdir()} == {"plan.md", "scan.md"}
    assert {"plan.json", "alerts.sarif"} < {p.name for p in (reviewing.store / "reports").iterdir()}
    assert calls() == [*BEFORE_PLAN, PLAN]
    assert "a finding" in outcome.log
    comment = (reviewing.store / "comment-catalogctl-plan.md").read_text()
    assert comment == ("<!-- catalogctl plan -->\nWhat a merge does → shown\n\n### Policies: seen")
    assert "--method POST repos/example/catalog/issues/7/comments" in (
        (reviewing.store / "gh-catalogctl-plan").read_text()
    )
    # Nothing is rehearsed, so nothing is posted about it; the gate reports nevertheless.
    assert not (reviewing.store / "comment-the-rehearsals.md").exists()
    assert outcome.jobs["plan/Merge gate"] == "success"


def test_a_plan_replaces_its_comment_and_is_cut_at_the_limit_of_a_comment(
    checkout: Checkout, runner: Runners
) -> None:
    reviewing = runner()
    long = "<!-- catalogctl plan -->\\n" + "→" * 30_000 + "%040000d"
    variables = {**reviewing.variables, "POSTED": "41", "PLAN": long}
    reviewing = replace(reviewing, variables=variables)
    outcome = reviewing.pull_request(checkout.root)
    assert outcome.succeeded, outcome.log
    comment = (reviewing.store / "comment-catalogctl-plan.md").read_text()
    assert len(comment) == LIMIT
    assert comment.startswith("<!-- catalogctl plan -->\n→→")
    assert "--method PATCH repos/example/catalog/issues/comments/41" in (
        (reviewing.store / "gh-catalogctl-plan").read_text()
    )
    # The rehearsals of an earlier push no longer hold.
    rehearsals = (reviewing.store / "comment-the-rehearsals.md").read_text()
    assert "This push has no report; [its run](" in rehearsals


def test_a_change_to_acknowledge_or_a_finding_fails_the_gate_and_is_posted_and_rehearsed(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    reviewing = runner("plan *", changed=[LAST])
    outcome = reviewing.pull_request(checkout.root)
    assert not outcome.succeeded
    assert [step for _, step in outcome.failed] == [
        STEP,
        "Check the jobs before this one",
    ]
    assert (reviewing.store / "published.sarif").exists()
    assert (reviewing.store / "comment-catalogctl-plan.md").exists()
    assert "\n### Policies: seen\n" in outcome.summary
    assert f"- rehearse {LAST} --base HEAD^1" in calls()


def test_a_report_that_is_too_large_fails_the_gate_and_is_not_given_to_a_job_that_can_write(
    checkout: Checkout, runner: Runners
) -> None:
    reviewing = runner()
    variables = {**reviewing.variables, "PLAN": "%011000000d"}
    outcome = replace(reviewing, variables=variables).pull_request(checkout.root)
    assert not outcome.succeeded
    assert outcome.failed[0][1] == "Refuse reports of more than 10 MiB"
    assert not [*reviewing.store.glob("plan")]
    assert not (reviewing.store / "comment-catalogctl-plan.md").exists()


def test_a_mistake_in_a_manifest_ends_the_run_before_anything_is_built_and_fails_the_gate(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    outcome = runner("validate *").pull_request(checkout.root)
    assert not outcome.succeeded
    assert calls() == BEFORE_PLAN[:1]
    assert outcome.jobs["plan/Merge gate"] == "failure"


def test_many_environments_are_planned_in_shards_and_get_one_comment(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    reviewing = runner(changed=[LAST], shards=["1/2", "2/2"])
    outcome = reviewing.pull_request(checkout.root)
    assert outcome.succeeded, outcome.log
    assert calls()[:2] == BEFORE_PLAN
    of_shards = [
        f"plan --scan --base HEAD^1 --shard {shard} --out shard" for shard in ("1/2", "2/2")
    ]
    assert sorted(calls()[2:4]) == [f"- {each}" for each in of_shards]
    join = "- join shards/shard-1 shards/shard-2 --format github --out report"
    assert calls()[4:] == [join, *of_shards, f"- rehearse {LAST} --base HEAD^1"]
    assert (reviewing.store / "published.sarif").read_text() == "{}\n"
    comment = (reviewing.store / "comment-catalogctl-plan.md").read_text()
    assert comment == ("<!-- catalogctl plan -->\nWhat a merge does → shown\n\n### Policies: seen")


def test_a_shard_that_fails_is_joined_and_fails_the_gate(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    reviewing = runner("*--shard 2/2*", changed=[LAST], shards=["1/2", "2/2"])
    outcome = reviewing.pull_request(checkout.root)
    assert not outcome.succeeded
    assert "- join shards/shard-1 shards/shard-2 --format github --out report" in calls()
    assert f"- rehearse {LAST} --base HEAD^1" in calls()
    assert (reviewing.store / "comment-catalogctl-plan.md").exists()
    assert outcome.jobs["plan/Merge gate"] == "failure"


def test_a_failed_join_fails_the_gate(checkout: Checkout, runner: Runners) -> None:
    reviewing = runner("join *", changed=[LAST], shards=["1/2", "2/2"])
    outcome = reviewing.pull_request(checkout.root)
    assert [step for _, step in outcome.failed] == [
        "Join what all shards have found",
        "Check the jobs before this one",
    ]


def test_the_changed_environments_are_rehearsed_and_get_one_comment(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    reviewing = runner(changed=NAMES)
    outcome = reviewing.pull_request(checkout.root)
    assert outcome.succeeded, outcome.log
    rehearsed = [call for call in calls() if " rehearse " in call]
    assert sorted(rehearsed) == [f"- rehearse {name} --base HEAD^1" for name in sorted(NAMES)]
    comment = (reviewing.store / "comment-the-rehearsals.md").read_text()
    assert comment.splitlines()[0].startswith("<!-- ")
    for name in NAMES:
        assert f"## Rehearsal of {name}: looked at" in comment
        assert f"## Rehearsal of {name}: looked at" in outcome.summary
    assert "--method POST repos/example/catalog/issues/7/comments" in (
        (reviewing.store / "gh-the-rehearsals").read_text()
    )


def test_a_job_rehearses_several_environments_and_fails_for_one_of_them(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    first, *_, last = NAMES
    reviewing = runner(f"rehearse {first} *", changed=[f"{first} {last}"])
    outcome = reviewing.pull_request(checkout.root)
    assert not outcome.succeeded
    rehearsed = [f"- rehearse {name} --base HEAD^1" for name in (first, last)]
    assert [call for call in calls() if " rehearse " in call] == rehearsed
    comment = (reviewing.store / "comment-the-rehearsals.md").read_text()
    assert f"of {first}: looked at\n## Rehearsal of {last}: looked at" in comment
    assert outcome.jobs["plan/Merge gate"] == "failure"


def test_a_rehearsal_with_problems_fails_the_gate_and_replaces_the_comment(
    checkout: Checkout, runner: Runners
) -> None:
    reviewing = runner(f"rehearse {LAST} *", changed=[LAST])
    reviewing = replace(reviewing, variables={**reviewing.variables, "POSTED": "41"})
    outcome = reviewing.pull_request(checkout.root)
    assert not outcome.succeeded
    assert [step for _, step in outcome.failed] == [
        "Rehearse the change",
        "Check the jobs before this one",
    ]
    assert f"## Rehearsal of {LAST}: looked at" in (
        (reviewing.store / "comment-the-rehearsals.md").read_text()
    )
    assert "--method PATCH repos/example/catalog/issues/comments/41" in (
        (reviewing.store / "gh-the-rehearsals").read_text()
    )


def test_nothing_of_a_fork_s_branch_is_posted_or_published_and_the_base_s_policies_judge_it(
    checkout: Checkout, runner: Runners, calls: Calls
) -> None:
    reviewing = runner(changed=[NAMES[0]])
    outcome = reviewing.pull_request(checkout.root, head="somebody/catalog")
    assert outcome.succeeded, outcome.log
    assert "What a merge does → shown\n" in outcome.summary
    assert f"## Rehearsal of {NAMES[0]}: looked at" in outcome.summary
    assert not [*reviewing.store.glob("gh-*")]
    assert not (reviewing.store / "published.sarif").exists()
    assert PLAN.replace("--format", "--policies-from-base --format") in calls()
