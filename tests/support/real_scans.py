"""A repository with real stacks and one policy, which each stream violates by its shards."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import templates
from support.plans import PlanRepository
from support.templates import python_policy

SHARDS = python_policy(
    kind="AWS::Kinesis::Stream",
    body="self.evaluated_keys = ['Properties/ShardCount']; return CheckResult.FAILED",
)


def a_repository(root: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    """Commit the environments `shop` and `other`, and the policy OUR_1, to `main`."""
    made = PlanRepository.with_two_shops(root, monkeypatch)
    templates.policies(made.workspace.policies, rule_py=SHARDS)
    (made.workspace.root / ".gitignore").write_text("/build/\n__pycache__/\n")
    made.repository.commit("policies")
    return made
