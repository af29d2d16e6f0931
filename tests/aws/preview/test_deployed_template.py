from __future__ import annotations

import json

import pytest

from catalog_platform.aws.api_errors import NoPermissionError
from catalog_platform.aws.preview.deployed_template import as_returned, deployed_template
from catalog_platform.errors import PlatformError
from support.stubbed import StubbedSession

CLOUD = "cloudformation"
STACK = "catalog-prod"
TEMPLATE = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def test_the_submitted_template_is_returned(session: StubbedSession) -> None:
    session.answer(
        CLOUD,
        "get_template",
        {"TemplateBody": json.dumps(TEMPLATE)},
        **{"StackName": STACK, "TemplateStage": "Original"},
    )
    assert deployed_template(session, STACK) == TEMPLATE


@pytest.mark.parametrize("body", ["[", "Resources: {}", "[]", "{}", '{"Resources": {"A": {}}}'])
def test_another_kind_of_template_is_an_error(session: StubbedSession, body: str) -> None:
    session.answer(CLOUD, "get_template", {"TemplateBody": body})
    with pytest.raises(PlatformError, match="isn't a JSON template"):
        deployed_template(session, STACK)


def test_a_missing_permission_is_named(session: StubbedSession) -> None:
    session.refuse(CLOUD, "get_template", "AccessDenied")
    with pytest.raises(NoPermissionError, match="cloudformation:GetTemplate"):
        deployed_template(session, STACK)


def test_text_outside_of_ascii_is_compared_as_cloudformation_returns_it() -> None:
    assert as_returned({"Description": "für 🙂 €"}) == {"Description": "f?r ? ?"}
