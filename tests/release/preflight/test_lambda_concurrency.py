from __future__ import annotations

import pytest

from catalog_platform.release.preflight.lambda_concurrency import CHECK
from catalog_platform.release.preflight.model import Status
from support.preflight import Account, a_context, a_resource, a_stack, golden, resources, run

FUNCTION = "AWS::Lambda::Function"


def limits(account: Account, quota: int, unreserved: int) -> None:
    found = {"ConcurrentExecutions": quota, "UnreservedConcurrentExecutions": unreserved}
    account.respond("lambda", "GetAccountSettings", {"AccountLimit": found})


def template(*reserved: int):
    return resources(
        **{
            f"F{number}": a_resource(FUNCTION, ReservedConcurrentExecutions=each)
            for number, each in enumerate(reserved)
        }
    )


@pytest.mark.parametrize(
    ("quota", "unreserved", "status"),
    [
        (1000, 1000, Status.PASSED),
        (1000, 130, Status.PASSED),
        (1000, 129, Status.FAILED),
        (100, 100, Status.FAILED),
        (10, 10, Status.FAILED),
        # AWS's minimum in such an account is not documented.
        (50, 50, Status.WARNING),
        (39, 39, Status.FAILED),
    ],
)
def test_a_hundred_executions_must_stay_unreserved(
    account: Account, quota: int, unreserved: int, status: Status
) -> None:
    limits(account, quota, unreserved)
    (result,) = run(CHECK, a_context(account, template(20, 10)))
    assert result.status is status
    if status is not Status.PASSED:
        assert "--quota-code L-B99A9384 --desired-value 1" in result.hint
        assert result.key == "processor.reserved_concurrency"


@pytest.mark.parametrize(("own", "status"), [(30, Status.PASSED), (29, Status.FAILED)])
def test_what_the_stack_has_reserved_is_its_own(account: Account, own: int, status: Status) -> None:
    limits(account, 1000, 100)
    account.respond(
        "lambda",
        "GetFunctionConcurrency",
        {"ReservedConcurrentExecutions": own - 10},
        {"FunctionName": "one"},
    )
    account.respond("lambda", "GetFunctionConcurrency", {"ReservedConcurrentExecutions": 10})
    # CloudFormation removes a function after it has updated the others.
    stack = a_stack(F0=f"{FUNCTION}=one", F1=f"{FUNCTION}=two", Removed=f"{FUNCTION}=three")
    (result,) = run(CHECK, a_context(account, template(20, 10), deployed=stack))
    assert result.status is status


def test_a_function_that_somebody_deleted_reserves_nothing(account: Account) -> None:
    limits(account, 1000, 1000)
    account.refuse("lambda", "GetFunctionConcurrency", "ResourceNotFoundException")
    stack = a_stack(F0=f"{FUNCTION}=one")
    (result,) = run(CHECK, a_context(account, template(20), deployed=stack))
    assert result.status is Status.PASSED
    assert "1000 are not reserved by others" in result.message


def test_functions_without_reservation_ask_nothing(account: Account) -> None:
    (result,) = run(CHECK, a_context(account, resources(F=a_resource(FUNCTION))))
    assert result.status is Status.PASSED
    assert account.actions == set()


def test_the_whole_template_is_counted(account: Account) -> None:
    limits(account, 1000, 1000)
    template = golden()
    total = sum(
        each.properties.number("ReservedConcurrentExecutions") or 0 for each in template.values()
    )
    (result,) = run(CHECK, a_context(account, template))
    assert f"the stack reserves {total} concurrent executions" in result.message
    assert total > 20
