from __future__ import annotations

import pytest

from catalog_platform.release.preflight.bootstrap import CHECK
from catalog_platform.release.preflight.model import Status
from support.preflight import Account, a_context, run


@pytest.mark.parametrize(
    ("version", "status"),
    [("6", Status.PASSED), ("30", Status.PASSED), ("5", Status.FAILED), ("?", Status.NOT_CHECKED)],
)
def test_the_version_is_compared_with_the_assembly(
    account: Account, version: str, status: Status
) -> None:
    account.respond("ssm", "GetParameter", {"Parameter": {"Value": version}})
    context = a_context(account)
    (result,) = run(CHECK, context)
    assert result.status is status
    if status is Status.FAILED:
        assert "version 5, and version 6 is required" in result.message
        assert (
            result.hint == f"bootstrap it: cdk bootstrap aws://{context.assembly.account}/eu-west-1"
        )


def test_an_account_without_bootstrap_fails(account: Account) -> None:
    account.refuse("ssm", "GetParameter", "ParameterNotFound")
    (result,) = run(CHECK, a_context(account))
    assert result.status is Status.FAILED
    assert "cdk bootstrap" in result.hint


def test_an_assembly_without_bootstrap_asks_nothing(account: Account) -> None:
    (result,) = run(CHECK, a_context(account, bootstrap_version=0))
    assert result.status is Status.PASSED
    assert account.actions == set()
