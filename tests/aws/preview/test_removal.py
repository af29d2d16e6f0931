from __future__ import annotations

import pytest

from catalog_platform.aws.preview.removal import remove
from support.stubbed import StubbedSession

CLOUD = "cloudformation"
STACK = "catalog-prod"
GONE = [
    ("ChangeSetNotFound", "ChangeSet [a] does not exist"),
    ("ValidationError", "Stack [catalog-prod] does not exist"),
]


@pytest.mark.parametrize(("code", "message"), GONE)
def test_a_change_set_that_is_gone_already_is_no_error(
    session: StubbedSession, code: str, message: str
) -> None:
    session.refuse(CLOUD, "delete_change_set", code, message)
    session.no_stack()
    remove(session, STACK, "a")


def test_a_deployed_stack_is_never_deleted(session: StubbedSession) -> None:
    session.answer(CLOUD, "delete_change_set", {}, StackName=STACK, ChangeSetName="a")
    session.stack("CREATE_COMPLETE")
    remove(session, STACK, "a")
