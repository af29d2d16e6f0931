"""Reads the repository's workflows, and runs them as they are, with act, without a network."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from catalog_platform.errors import ToolError
from catalog_platform.process import run
from support import actions
from support.limits import COMMAND_SECONDS
from support.manifests import EXAMPLES, ROOT

WORKFLOWS = ROOT / ".github" / "workflows"
REPOSITORY = "example/catalog"
ACT = Path(sys.prefix) / "bin" / "act"


def load(name: str) -> dict[str, Any]:
    """Load a workflow file; its trigger has the key `on`."""
    found = yaml.safe_load((WORKFLOWS / name).read_text())
    # In YAML 1.1, the plain scalar `on` is true.
    return {("on" if key is True else key): value for key, value in found.items()}


def names() -> list[str]:
    """The workflow files."""
    return sorted(path.name for path in WORKFLOWS.glob("*.yml"))


def deployments() -> dict[str, dict[str, Any]]:
    """The jobs of deploy.yml that deploy, by name, in the order of the file."""
    jobs: dict[str, dict[str, Any]] = load("deploy.yml")["jobs"]
    return {name: job for name, job in jobs.items() if "uses" in job}


def manifests() -> dict[str, str]:
    """Return a manifest for each environment that deploy.yml deploys.

    The first is a copy of the test suite's development, the last of its production, the others of
    its staging.
    """
    deployed = [*deployments()]
    found = {}
    for position, name in enumerate(deployed):
        like = "staging" if position else "development"
        like = "production" if name == deployed[-1] else like
        text = (EXAMPLES.environments / f"{like}.yaml").read_text().partition("divergences:")[0]
        text = text.replace(f"name: {like}", f"name: {name}")
        text = re.sub(r'account: "\d+"', f'account: "{account(position)}"', text)
        found[name] = re.sub(r"cidr: .*", f"cidr: 10.{10 + position}.0.0/16", text)
    return found


def account(position: int) -> str:
    """The account of the environment that is deployed at a position, counted from 0."""
    return str(position + 1) * 12


def steps(workflow: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every step of every job of a workflow, in the order of the file."""
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [])]


def uses() -> set[str]:
    """Return every external action that a step of any workflow uses."""
    return {step["uses"] for name in names() for step in steps(load(name)) if "uses" in step}


@dataclass(frozen=True)
class Outcome:
    """The result of a workflow run. A job is named `workflow/job`, that of a workflow that
    was called `caller/workflow/job`."""

    succeeded: bool
    log: str
    """What the steps printed, annotations included."""
    summary: str
    jobs: Mapping[str, str]
    """Result of each job that ran, in the order of their ends."""
    failed: tuple[tuple[str, str], ...]
    """(job, step) of each step that failed."""


@dataclass(frozen=True)
class Runner:
    """Runs workflows on this machine. `tools` is a folder that `make setup` was run in.

    Without `rehearses`, the jobs that rehearse do nothing, and succeed.
    """

    home: Path
    tools: Path
    accounts: Mapping[str, str]
    variables: Mapping[str, str] = field(default_factory=dict)
    rehearses: bool = True

    @property
    def store(self) -> Path:
        """The artifacts of the last run: a folder for each."""
        return self.home / "store"

    def pull_request(self, repository: Path, *, head: str = REPOSITORY) -> Outcome:
        """Run plan.yml for the merge commit that is checked out in `repository`, as of a branch of
        the repository `head`."""
        pull_request = {"number": 7, "head": {"ref": "change", "repo": {"full_name": head}}}
        payload = {"number": 7, "pull_request": pull_request}
        return self._run(repository, "plan.yml", "pull_request", payload)

    def push(self, repository: Path) -> Outcome:
        """Run deploy.yml for the commit that is checked out in `repository`."""
        return self._run(repository, "deploy.yml", "push", {"ref": "refs/heads/main"})

    def _run(
        self,
        repository: Path,
        workflow: str,
        event: str,
        payload: Mapping[str, object],
    ) -> Outcome:
        shutil.rmtree(self.home, ignore_errors=True)
        needed = actions.write(self.home, self.accounts)
        event_file = self.home / "event.json"
        event_file.write_text(json.dumps({**payload, "repository": {"full_name": REPOSITORY}}))
        command = [str(ACT), event, "--workflows", f".github/workflows/{workflow}"]
        command += ["--eventpath", str(event_file), "--platform", "ubuntu-24.04=-self-hosted"]
        command += ["--action-cache-path", str(self.home / "runners"), "--no-cache-server"]
        command += ["--var", "AWS_REGION=eu-west-1", "--json"]
        command += ["--var", "AWS_DEPLOY_ROLE_ARN=arn:aws:iam::000000000000:role/catalog-deploy"]
        command += actions.mapped(self.home, uses())
        # act runs steps in a terminal, unlike GitHub; a dumb terminal is similar.
        home = {"HOME": str(self.home), "TOOLS": str(self.tools), "TERM": "dumb"}
        home["REHEARSES"] = str(int(self.rehearses))
        lines: list[str] = []
        try:
            run(
                command,
                timeout=COMMAND_SECONDS,
                cwd=repository,
                environment={**home, **needed, **self.variables},
                on_line=lines.append,
            )
        except ToolError as error:
            if error.returncode is None:
                raise
            return _outcome(lines, succeeded=False)
        return _outcome(lines, succeeded=True)


def _outcome(lines: list[str], *, succeeded: bool) -> Outcome:
    entries = [json.loads(line) for line in lines if line.startswith("{")]
    return Outcome(
        succeeded=succeeded,
        log="".join(
            str(entry["msg"]) for entry in entries if "raw_output" in entry or "command" in entry
        )
        + "\n".join(line for line in lines if not line.startswith("{")),
        summary="".join(
            str(entry["content"]) for entry in entries if entry.get("command") == "summary"
        ),
        jobs={
            str(entry["job"]).strip(): str(entry["jobResult"])
            for entry in entries
            if "jobResult" in entry
        },
        failed=tuple(
            (str(entry["job"]).strip(), str(entry["step"]))
            for entry in entries
            if entry.get("stepResult") == "failure"
        ),
    )
