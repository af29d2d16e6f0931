from __future__ import annotations

import json
from typing import Any
from unittest.mock import ANY

import pytest

from catalog_platform.aws.api_errors import NoPermissionError
from catalog_platform.aws.preview.template_argument import BODY_BYTES, PREFIX, template_argument
from support.stubbed import ACCOUNT, StubbedSession

BUCKET = "cdk-hnb659fds-assets-333333333333-eu-west-1"
OWN: dict[str, Any] = {"Bucket": BUCKET, "Key": ANY, "ExpectedBucketOwner": ACCOUNT}


def template(size: int) -> dict[str, Any]:
    """Return a template of so many bytes as compact JSON."""
    rest = size - len(json.dumps({"Description": ""}, separators=(",", ":")))
    return {"Description": "x" * rest}


def test_a_small_template_is_in_the_request(session: StubbedSession) -> None:
    with template_argument(session, ACCOUNT, template(BODY_BYTES)) as argument:
        assert len(argument["TemplateBody"]) == BODY_BYTES


def test_a_large_template_is_an_object_of_its_own_that_is_deleted(session: StubbedSession) -> None:
    large = template(BODY_BYTES + 1)
    body = json.dumps(large, separators=(",", ":")).encode()
    sent = {**OWN, "Body": body, "ContentType": "application/json"}
    session.answer("s3", "put_object", {}, **sent)
    session.answer("s3", "delete_object", {}, **OWN)
    with template_argument(session, ACCOUNT, large) as argument:
        address = f"https://s3.eu-west-1.amazonaws.com/{BUCKET}/{PREFIX}"
        assert argument["TemplateURL"].startswith(address)
        assert "?" not in argument["TemplateURL"]


def test_it_is_deleted_when_the_block_is_interrupted(session: StubbedSession) -> None:
    session.answer("s3", "put_object", {})
    session.answer("s3", "delete_object", {}, **OWN)
    with (
        pytest.raises(KeyboardInterrupt),
        template_argument(session, ACCOUNT, template(BODY_BYTES + 1)),
    ):
        raise KeyboardInterrupt


def test_a_refused_upload_names_the_action_and_the_bucket(session: StubbedSession) -> None:
    session.refuse("s3", "put_object", "AccessDenied")
    session.refuse("s3", "delete_object", "AccessDenied")
    with (
        pytest.raises(NoPermissionError, match=f"s3://{BUCKET}/{PREFIX}.*s3:PutObject"),
        template_argument(session, ACCOUNT, template(BODY_BYTES + 1)),
    ):
        pass
