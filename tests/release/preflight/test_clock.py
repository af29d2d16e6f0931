from __future__ import annotations

import pytest

from catalog_platform.release.preflight.clock import CHECK
from catalog_platform.release.preflight.context import Caller
from catalog_platform.release.preflight.model import Status
from support.preflight import Account, a_context, run


@pytest.mark.parametrize(
    ("seconds", "status"),
    [
        (0.4, Status.PASSED),
        (-60.0, Status.PASSED),
        (61.0, Status.WARNING),
        (-299.0, Status.WARNING),
        (301.0, Status.FAILED),
        (-4000.0, Status.FAILED),
        (None, Status.NOT_CHECKED),
    ],
)
def test_a_clock_fails_when_aws_refuses_its_signatures(
    account: Account, seconds: float | None, status: Status
) -> None:
    caller = Caller("1", "arn:aws:iam::1:user/x", seconds)
    (result,) = run(CHECK, a_context(account, caller=caller))
    assert result.status is status
    assert bool(result.hint) == (status in (Status.WARNING, Status.FAILED))
