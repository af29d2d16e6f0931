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
case "$1 $2" in
    "synth --out") mkdir "$3"; echo assembled > "$3/manifest.json"; chmod 750 "$3"/* ;;
    "scan --assembly")
        echo '::notice::a finding'
        while [ $# -gt 0 ]; do
            case "$1" in
                --out) mkdir -p "$2"; echo '### Policies: seen' > "$2/scan.md" ;;
                --sarif) echo '{}' > "$2" ;;
            esac
            shift
        done ;;
    "rehearse "*) echo "## Rehearsal of $2: looked at" ;;
    "plan --base") mkdir "$7"; printf "$PLAN" | tee "$7/plan.md"; echo '{}' > "$7/plan.json" ;;
    "affected --base") echo '{"affected": ['"$AFFECTED"']}' ;;
    "deploy "*) stat -c '%a' "$4/manifest.json" >> "$CALLS"; cat "$4/manifest.json" >> "$CALLS" ;;
esac
case "$called" in $FAILING) echo "catalogctl: $called failed" >&2; exit 1 ;; esac
"""


MARKER = "<!-- catalogctl plan -->"


def affected(name: str, status: str, target: str) -> str:
    """Return an entry of `catalogctl affected`."""
    return json.dumps({"environment": name, "status": status, "target": target})


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

    def with_failing(pattern: str = "nothing", changed: Sequence[str] = ()) -> Runner:
        """Return a runner; `changed` are the environments whose deployment differs."""
        changes = [affected(name, "changed", "aws") for name in changed]
        never = [affected("other", "added", "aws"), affected("laptop", "changed", "embedded")]
        variables = {
            "CALLS": str(tmp_path / "calls"),
            "FAILING": pattern,
            "AFFECTED": ", ".join((*changes, *never)),
            "PLAN": f"{MARKER}\\nWhat a merge does → shown\\n",
        }
        return Runner(tmp_path / "runner", tmp_path / "tools", ACCOUNTS, variables)

    return with_failing
