"""Security requirements for every workflow file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support import actions, workflows
from support.manifests import ROOT

BIN = Path(sys.prefix) / "bin"
every_workflow = pytest.mark.parametrize("name", workflows.names())


def check(*command: str) -> None:
    finished = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_zizmor_has_no_findings() -> None:
    check("zizmor", "--offline", "--no-progress", "--persona", "pedantic", ".github")


@every_workflow
def test_a_workflow_is_valid_by_github_s_schema(name: str) -> None:
    path = f".github/workflows/{name}"
    check("check-jsonschema", "--builtin-schema", "vendor.github-workflows", path)


def test_dependabot_s_file_is_valid_by_its_schema() -> None:
    check("check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml")


@every_workflow
def test_a_workflow_starts_without_any_permission(name: str) -> None:
    assert workflows.load(name)["permissions"] == {}


@every_workflow
def test_a_job_names_its_permissions_and_its_time_limit(name: str) -> None:
    for job, body in workflows.load(name)["jobs"].items():
        assert body["permissions"], job
        # A called workflow's jobs have limits of their own; GitHub allows none on the call.
        assert "uses" in body or body["timeout-minutes"] <= 90, job


@every_workflow
def test_only_what_deploys_may_ask_for_an_identity_and_only_what_publishes_may_write(
    name: str,
) -> None:
    granted = {
        (f"{name}:{job}", scope)
        for job, body in workflows.load(name)["jobs"].items()
        for scope, level in body["permissions"].items()
        if level == "write"
    }
    expected = {
        "check.yml": set(),
        "plan.yml": {
            ("plan.yml:publish", "security-events"),
            # These call comment.yml.
            ("plan.yml:comment", "pull-requests"),
            ("plan.yml:comment-rehearsals", "pull-requests"),
        },
        "comment.yml": {("comment.yml:comment", "pull-requests")},
        "deploy.yml": {
            (f"deploy.yml:{environment}", "id-token") for environment in workflows.deployments()
        },
        "deploy-environment.yml": {("deploy-environment.yml:deploy", "id-token")},
    }
    assert granted == expected[name]


def test_a_job_that_may_write_findings_runs_no_code_of_the_branch() -> None:
    publish = workflows.load("plan.yml")["jobs"]["publish"]
    assert not [step for step in publish["steps"] if "run" in step]
    assert not [
        step for step in publish["steps"] if step["uses"].startswith(("actions/checkout", "."))
    ]


def test_a_job_that_may_comment_runs_no_code_of_the_branch() -> None:
    jobs = workflows.load("plan.yml")["jobs"]
    for name in ("comment", "comment-rehearsals"):
        assert jobs[name]["uses"] == "./.github/workflows/comment.yml"
    steps = workflows.load("comment.yml")["jobs"]["comment"]["steps"]
    assert not [
        step for step in steps if step.get("uses", "").startswith(("actions/checkout", "."))
    ]
    # What it has of the branch are reports, which are read and nothing else.
    (script,) = [step["run"] for step in steps if "run" in step]
    assert not re.search(
        r"(^|[^\w-])(sh|bash|source|eval|exec|python\d?|\.)\s", script, re.MULTILINE
    )


@every_workflow
def test_every_action_is_pinned_by_its_full_sha_with_the_version_beside_it(name: str) -> None:
    for line in (workflows.WORKFLOWS / name).read_text().splitlines():
        if "uses:" in line and "./" not in line:
            assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@every_workflow
def test_a_checkout_leaves_no_token_behind(name: str) -> None:
    for step in workflows.steps(workflows.load(name)):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@every_workflow
def test_no_expression_is_inserted_into_a_script(name: str) -> None:
    for step in workflows.steps(workflows.load(name)):
        assert "${{" not in step.get("run", ""), step


@every_workflow
def test_no_workflow_runs_a_branch_s_code_with_the_repository_s_rights(name: str) -> None:
    assert not {"pull_request_target", "workflow_run"} & set(workflows.load(name)["on"])


def test_no_secret_is_stored_with_github() -> None:
    for name in workflows.names():
        assert "secrets." not in (workflows.WORKFLOWS / name).read_text()


def test_the_fake_actions_have_exactly_the_inputs_that_the_workflows_use() -> None:
    given: dict[str, set[str]] = {}
    for name in workflows.names():
        for step in workflows.steps(workflows.load(name)):
            if "uses" in step:
                given.setdefault(step["uses"].split("@")[0], set()).update(step.get("with", {}))
    given.pop("actions/checkout")
    assert given == {name: set(action.inputs) for name, action in actions.ACTIONS.items()}


def test_a_deployment_restores_no_cache_and_a_pull_request_saves_none() -> None:
    used = {
        name: {
            step["uses"].split("@")[0]
            for step in workflows.steps(workflows.load(name))
            if "uses" in step
        }
        for name in workflows.names()
    }
    caches = {name: {each for each in uses if "cache" in each} for name, uses in used.items()}
    assert {name: uses for name, uses in caches.items() if uses} == {
        "deploy.yml": {"actions/cache/save"},
        "plan.yml": {"actions/cache/restore"},
    }
    setups = [
        step
        for name in workflows.names()
        for step in workflows.steps(workflows.load(name))
        if "setup-" in step.get("uses", "")
    ]
    assert not [step for step in setups if "cache" in str(step["with"])]


def test_what_is_restored_is_what_was_saved() -> None:
    every = [
        (step["with"]["path"], step["with"]["key"])
        for name in workflows.names()
        for step in workflows.steps(workflows.load(name))
        if "actions/cache/" in step.get("uses", "")
    ]
    assert len({*every}) == 1


def test_a_job_installs_parts_that_exist_and_only_a_rehearsal_the_embedded_aws() -> None:
    known = re.search(r"^PARTS := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert known
    installed = {}
    for name in workflows.names():
        for job, body in workflows.load(name)["jobs"].items():
            for step in body.get("steps", []):
                if found := re.search(r'^make setup PARTS="?([a-z ]+)', step.get("run", "")):
                    installed[f"{name}:{job}"] = {*found[1].split()}
    assert len(installed) == 6
    for job, parts in installed.items():
        assert "platform" in parts <= {*known[1].split()}, job
        assert ("embedded" in parts) == (job == "plan.yml:rehearse")


def test_the_gate_reports_always_and_waits_for_every_job_that_runs_the_branch_s_code() -> None:
    jobs = workflows.load("plan.yml")["jobs"]
    assert jobs["gate"]["name"] == "Merge gate"
    assert jobs["gate"]["if"] == "${{ always() }}"
    reading = {name for name, job in jobs.items() if [*job["permissions"]] == ["contents"]}
    assert {*jobs["gate"]["needs"]} == reading - {"gate"}
