from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog_platform.release import preflight
from catalog_platform.release.preflight import deployed, lambda_concurrency
from catalog_platform.release.preflight.calls import CallError, Cause
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, Status, not_checked
from catalog_platform.release.preflight.registry import CHECKS, FIRST
from support.preflight import FailingCalls, a_context, a_stack, golden

READ_ONLY = ("Describe", "Get", "Head", "List", "Simulate")
PHYSICAL: dict[str, Any] = {each.logical_id: f"{each.type}=physical" for each in golden().values()}
ASKING = [check for check in CHECKS if check.actions and check is not FIRST]


def results_of(check: Check, context: Context) -> list[Result]:
    try:
        return list(check.run(context))
    except CallError as error:
        return [not_checked(error.reason)]


def test_every_module_with_a_check_is_registered() -> None:
    folder = Path(preflight.__file__).parent
    declaring = [
        path.stem
        for path in folder.glob("*.py")
        if "\nCHECK = Check(" in path.read_text(encoding="utf-8")
    ]
    assert len(declaring) == len(CHECKS)


def test_names_are_unique_and_described() -> None:
    assert len({each.name for each in CHECKS}) == len(CHECKS)
    for each in CHECKS:
        assert each.looks_at.endswith(".")
        assert each.blind_to.endswith(".")


def test_all_actions_only_read() -> None:
    for check in CHECKS:
        for action in check.actions:
            assert action.partition(":")[2].startswith(READ_ONLY)


@pytest.mark.parametrize("is_deployed", [False, True])
@pytest.mark.parametrize("cause", [Cause.DENIED, Cause.TIMEOUT, Cause.THROTTLED])
@pytest.mark.parametrize("check", ASKING, ids=lambda check: check.name)
def test_a_failing_call_neither_passes_nor_fails_a_check(
    check: Check, cause: Cause, is_deployed: bool
) -> None:
    stack = a_stack(**PHYSICAL) if is_deployed else None
    calls = FailingCalls(cause)
    context = a_context(calls, golden(), deployed=stack, deployed_template=golden())
    results = results_of(check, context)
    assert Status.FAILED not in [each.status for each in results]
    for each in results:
        if each.status is Status.NOT_CHECKED:
            assert any(action in each.message for action in check.actions)


def test_checks_of_what_is_deployed_declare_its_calls() -> None:
    denied = CallError(Cause.DENIED, "cloudformation:DescribeStacks", "no")
    for check in ASKING:
        context = a_context(FailingCalls(Cause.DENIED), golden(), deployed=denied)
        if any("cloudformation:" in each.message for each in results_of(check, context)):
            assert {*deployed.ACTIONS} <= {*check.actions}
    assert {*deployed.ACTIONS} <= {*lambda_concurrency.CHECK.actions}
