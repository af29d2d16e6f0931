from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.errors import PlatformError
from catalog_platform.release import attestation
from catalog_platform.release.approval import Approval
from catalog_platform.release.commit import Commit

COMMIT = Commit("a" * 40, clean=True)
STACK = StackStatus("catalog-prod", "arn", "UPDATE_COMPLETE", "", "change-set-1")


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    (tmp_path / "a.json").write_text("{}")
    return tmp_path


def test_the_approved_assembly_passes(assembly: Path) -> None:
    digest = attestation.write(assembly, ["prod"], COMMIT)
    Approval(COMMIT, STACK, digest).require_assembly(assembly, digest)
    # It was synthesised after the approval.
    Approval(COMMIT, STACK).require_assembly(assembly, digest)


@pytest.mark.parametrize("found", [Commit("b" * 40, clean=True), replace(COMMIT, clean=False)])
def test_an_assembly_of_another_commit_does_not(assembly: Path, found: Commit) -> None:
    digest = attestation.write(assembly, ["prod"], found)
    with pytest.raises(PlatformError, match="meanwhile") as caught:
        Approval(COMMIT, STACK).require_assembly(assembly, digest)
    assert "run the command again" in caught.value.hint


def test_another_assembly_of_the_same_commit_does_not(assembly: Path) -> None:
    digest = attestation.write(assembly, ["prod"], COMMIT)
    with pytest.raises(PlatformError, match="not the one that was approved"):
        Approval(COMMIT, STACK, "0" * 64).require_assembly(assembly, digest)


@pytest.mark.parametrize("stack", [STACK, None])
def test_the_approved_stack_passes(stack: StackStatus | None) -> None:
    Approval(COMMIT, stack).require_stack(stack)


def test_only_the_protection_of_the_stack_may_change() -> None:
    Approval(COMMIT, STACK).require_stack(replace(STACK, protected=True))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (None, STACK),
        (STACK, None),
        (STACK, replace(STACK, change_set="change-set-2")),
        (STACK, replace(STACK, updated=datetime(2026, 1, 1, tzinfo=UTC))),
        (STACK, replace(STACK, id="of a stack that was created again")),
    ],
)
def test_a_stack_that_has_changed_since_does_not(
    before: StackStatus | None, now: StackStatus | None
) -> None:
    with pytest.raises(PlatformError, match=r"stack catalog-prod was .* since: it is "):
        Approval(COMMIT, before).require_stack(now)
