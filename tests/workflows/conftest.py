"""A fake `catalogctl` that records its calls, to run the workflows without deploying."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from support import workflows
from support.checkouts import Checkout
from support.workflows import Runner

ACCOUNTS = {
    name: workflows.account(position) for position, name in enumerate(workflows.deployments())
}
# Prints what a workflow reads from the real one, and fails for calls that match $FAILING.
RECORDER = """#!/bin/sh
called="$*"
echo "${AWS_ACCESS_KEY_ID:--} $called" >> "$CALLS"
reports() {
    mkdir "$1"; printf "$PLAN" > "$1/plan.md"; echo '### Policies: seen' > "$1/scan.md"
    echo '{}' > "$1/plan.json"; echo "$REHEARSALS" > "$1/rehearsals.json"
    echo '{}' > "$1/alerts.sarif"; echo '::notice::a finding'
}
for last; do :; done # the folder of --out
case "$called" in
    "synth --out"*) mkdir "$3"; echo assembled > "$3/manifest.json"; chmod 750 "$3"/* ;;
    "scan --assembly"*) echo '::notice::a finding' ;;
    "rehearse "*) echo "## Rehearsal of $2: looked at" ;;
    "shards "*) echo "$SHARDS" ;;
    "plan --scan "*" --shard "*) mkdir "$last"; echo "$called" > "$last/shard.json" ;;
    "plan --scan "*) reports "$last" ;;
    "join "*)
        for each; do if [ -d "$each" ]; then cat "$each/shard.json" >> "$CALLS"; fi; done
        reports "$last" ;;
    "deploy "*) stat -c '%a' "$4/manifest.json" >> "$CALLS"; cat "$4/manifest.json" >> "$CALLS" ;;
esac
case "$called" in $FAILING) echo "catalogctl: $called failed" >&2; exit 1 ;; esac
"""


MARKER = "<!-- catalogctl plan -->"


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return Checkout.of_this_repository(tmp_path_factory.mktemp("repository"), workflows.manifests())


@pytest.fixture
def calls(tmp_path: Path) -> Callable[[], list[str]]:
    """What catalogctl was called with, each call headed by the account it had credentials for."""
    return lambda: (tmp_path / "calls").read_text().splitlines()


@pytest.fixture
def runner(tmp_path: Path) -> Callable[..., Runner]:
    """A runner whose catalogctl fails for the calls that a shell pattern matches."""
    program = tmp_path / "tools" / ".venv" / "bin" / "catalogctl"
    program.parent.mkdir(parents=True)
    program.write_text(RECORDER)
    program.chmod(0o755)

    def with_failing(
        pattern: str = "nothing", changed: Sequence[str] = (), shards: Sequence[str] = ()
    ) -> Runner:
        """Return a runner; `changed` are the environments of each job that rehearses."""
        variables = {
            "CALLS": str(tmp_path / "calls"),
            "FAILING": pattern,
            "REHEARSALS": json.dumps([*changed]),
            "SHARDS": json.dumps([*shards]),
            "PLAN": f"{MARKER}\\nWhat a merge does → shown\\n",
        }
        return Runner(tmp_path / "runner", tmp_path / "tools", ACCOUNTS, variables)

    return with_failing
