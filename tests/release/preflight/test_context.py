from __future__ import annotations

import pytest

from catalog_platform.release.preflight.calls import CallError, Cause
from catalog_platform.release.preflight.context import Once
from support.preflight import Account, a_context, a_resource, a_stack, resources


def test_a_value_is_looked_up_once() -> None:
    calls: list[int] = []
    once = Once(lambda: calls.append(1))
    assert [once(), once()] == [None, None]
    assert calls == [1]


def test_an_error_is_raised_to_everybody_without_another_call() -> None:
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        raise CallError(Cause.DENIED, "a:B", "no")

    once = Once(fail)
    for _ in range(2):
        with pytest.raises(CallError):
            once()
    assert calls == [1]


def test_a_resource_is_deployed_when_id_and_type_are_the_same(account: Account) -> None:
    template = resources(Q=a_resource("AWS::SQS::Queue"), T=a_resource("AWS::SNS::Topic"))
    stack = a_stack(Q="AWS::SQS::Queue=queue", T="AWS::SQS::Queue=other")
    context = a_context(account, template, deployed=stack)
    assert context.physical_id(template["Q"]) == "queue"
    assert context.physical_id(template["T"]) is None
    assert a_context(account, template).physical_id(template["Q"]) is None
