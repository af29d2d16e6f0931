"""Losses that a rehearsal accepts: those that the plan of the same change accepts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog_platform.commands import acknowledge
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import accepted_changes as module
from catalog_platform.pipeline.accepted_changes import accepted_changes
from catalog_platform.pipeline.synth import build_assembly
from catalog_platform.plan.model import Acknowledgement
from catalog_platform.terminal.progress import Progress
from support.checkouts import IDENTITY
from support.manifests import VALID
from support.plan_models import change
from support.plans import PlanRepository

CACHE = "AWS::ElastiCache::ReplicationGroup"
REASON = "The cache fills again."
ENTRY = Acknowledgement(id="a", owner="shop-team", reason=REASON, expires="2026-12-31")


@pytest.mark.synth
def test_the_replacement_is_accepted_that_was_acknowledged_and_no_other_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    made = PlanRepository.create(tmp_path / "repository", monkeypatch, sample=VALID)
    made.workspace.policies.mkdir()
    (made.workspace.policies / "waivers.yaml").write_text("waivers: []\n")
    made.repository.commit("waivers")

    def embedded(port: int) -> Path:
        made.write("sample", f"{VALID}cache: {{port: {port}}}\n")
        out = tmp_path / f"cdk-{port}"
        manifests, quiet = Manifests(made.workspace), Progress(quiet=True)
        return build_assembly(made.workspace, manifests, ["sample"], out, "embedded", quiet)

    def accepted(head: Path) -> str | None:
        """Return why the replacement of the cache is accepted."""
        resources = json.loads((head / "catalog-sample.template.json").read_text())["Resources"]
        (cache,) = (name for name, each in resources.items() if each["Type"] == CACHE)
        return accepted_changes(Manifests(made.workspace), "sample", base, head).get(cache)

    base, other, head = embedded(6379), embedded(6390), embedded(6380)
    assert accepted(head) is None
    # Of the plan, which is that for AWS.
    code = acknowledge.run(
        made.workspace,
        name="sample",
        base="main",
        reason=REASON,
        owner="shop-team",
        days=30,
        write=True,
    )
    assert code == 0
    assert accepted(head) == f"acknowledged by shop-team: {REASON}"
    assert accepted(other) is None


def test_a_removal_that_the_plan_does_not_block_is_accepted() -> None:
    removed = change("Letters", action="remove", explanation="it stays in the account")
    assert module._reason(removed) == "not blocked by the plan: it stays in the account"
    assert module._reason(change("Letters", action="remove", blocking=True)) == ""


def test_a_change_in_place_is_accepted_only_if_it_is_acknowledged() -> None:
    assert module._reason(change("Cache", action="update")) == ""
    entry = change("Cache", action="update", acknowledgement=ENTRY)
    assert module._reason(entry) == f"acknowledged by shop-team: {REASON}"
