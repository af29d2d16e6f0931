"""Which environments the workflow files deploy, in which order, with which assembly."""

from __future__ import annotations

from support import workflows
from support.workflows import deployments


def test_a_deployment_is_named_like_its_environment() -> None:
    assert all(name == job["with"]["environment"] for name, job in deployments().items())


def test_an_environment_waits_for_the_one_before_it() -> None:
    before: list[str] = []
    for name, job in deployments().items():
        assert job["needs"] == (["build", *before] if before else "build"), name
        before = [name]


def test_a_rehearsal_s_failure_does_not_stop_the_others() -> None:
    job = workflows.load("plan.yml")["jobs"]["rehearse"]
    assert job["strategy"]["matrix"] == {
        "environments": "${{ fromJSON(needs.plan.outputs.changed || needs.join.result != 'skipped'"
        " && needs.join.outputs.changed || '[]') }}"
    }
    assert not job["strategy"]["fail-fast"]


def test_no_deployment_runs_after_a_failure() -> None:
    for job in workflows.load("deploy.yml")["jobs"].values():
        assert "if" not in job
        assert "continue-on-error" not in job


def test_a_deployment_has_its_github_environment_to_itself_and_is_never_cancelled() -> None:
    job = workflows.load("deploy-environment.yml")["jobs"]["deploy"]
    assert job["environment"] == "${{ inputs.environment }}"
    assert job["concurrency"] == {
        "group": "deploy-${{ inputs.environment }}",
        "cancel-in-progress": False,
    }


def test_the_session_of_a_deployment_is_as_long_as_its_job() -> None:
    job = workflows.load("deploy-environment.yml")["jobs"]["deploy"]
    (session,) = (
        step for step in job["steps"] if "configure-aws-credentials@" in step.get("uses", "")
    )
    # AWS allows at most 12 hours, and a role allows one hour unless it is changed.
    assert 3600 <= session["with"]["role-duration-seconds"] <= 12 * 3600
    assert session["with"]["role-duration-seconds"] >= job["timeout-minutes"] * 60


def test_only_the_build_synthesises_and_it_does_so_once() -> None:
    verbs = {
        name: [
            line.split()[1]
            for step in workflows.steps(workflows.load(name))
            for line in step.get("run", "").splitlines()
            if line.startswith("catalogctl ")
        ]
        for name in ("deploy.yml", "deploy-environment.yml")
    }
    assert verbs == {
        "deploy.yml": ["validate", "synth", "scan"],
        "deploy-environment.yml": ["deploy"],
    }


def test_every_deployment_is_given_the_digest_of_the_one_build() -> None:
    digests = {job["with"]["digest"] for job in deployments().values()}
    assert digests == {"${{ needs.build.outputs.digest }}"}


def test_no_workflow_lists_environments_except_in_their_order_of_deployment() -> None:
    for name in ("plan.yml", "comment.yml", "deploy-environment.yml"):
        text = (workflows.WORKFLOWS / name).read_text()
        assert not {*deployments()} & set(text.split())
