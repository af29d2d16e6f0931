"""The embedded AWS refuses each update that the planner says AWS refuses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog_platform.aws.refused_updates import refused_updates
from catalog_platform.aws.refused_updates.rules import RULES
from support.embedded import running
from support.planned_refusals import BASE, REFUSED, UNPROTECTED, Resources
from support.stack_operations import Stack

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        made = Stack(found, "planned")
        assert made.create(BASE) == "CREATE_COMPLETE", made.events()
        yield made


def reasons(head: Resources) -> set[str]:
    found = refused_updates({"Resources": BASE}, {"Resources": head})
    return {refusal.reason for refusal in found}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_update_is_rolled_back(stack: Stack, case: str) -> None:
    assert reasons(REFUSED[case])
    known = stack.events()
    assert stack.update(REFUSED[case]) == "UPDATE_ROLLBACK_COMPLETE"
    failed = [name for name, status in stack.since(known) if status.endswith("_FAILED")]
    refused = refused_updates({"Resources": BASE}, {"Resources": REFUSED[case]})
    assert set(failed) <= {refusal.resource for refusal in refused}


def test_a_protected_instance_is_left_behind(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html"""
    assert stack.update(UNPROTECTED) == "UPDATE_COMPLETE"
    assert "Cannot delete protected" in stack.reason("Primary", "DELETE_FAILED")


def test_every_rule_of_the_planner_has_a_case() -> None:
    """Only what AWS accepts, and what breaks the application later, has none."""
    found = set().union(*(reasons(head) for head in (*REFUSED.values(), UNPROTECTED)))
    assert found == {rule.reason for rule in RULES if not rule.breaks}
