"""Values as people read them, without secrets."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.plan import values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        (3, "3"),
        (True, "true"),
        ({"Ref": "Key"}, "${Key}"),
        ({"Fn::GetAtt": ["Key", "Arn"]}, "${Key.Arn}"),
        ({"Fn::GetAtt": "Database.Endpoint.Port"}, "${Database.Endpoint.Port}"),
        ({"Fn::Join": [":", ["arn", {"Ref": "Stream"}]]}, "arn:${Stream}"),
        ({"Fn::Sub": "${Bucket}/*"}, "${Bucket}/*"),
        ([{"Ref": "A"}, "b"], '["${A}", "b"]'),
        ({"Nested": {"Ref": "A"}}, '{"Nested": "${A}"}'),
        ({"Fn::Join": "garbage"}, '{"Fn::Join": "garbage"}'),
        ({}, "{}"),
    ],
)
def test_intrinsic_functions_are_written_like_in_a_substitution(value: Any, text: str) -> None:
    assert values.text(value) == text


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("MasterUserPassword", "hunter2", True),
        ("MasterUserPassword", "{{resolve:secretsmanager:id}}", False),
        ("MasterUserPassword", {"Ref": "Secret"}, False),
        ("Environment.Variables.ADMIN_PASSWORD", "hunter2", False),
        ("AuthToken", "hunter2", True),
        ("SecretString", "hunter2", True),
        ("PasswordLength", 32, False),
        ("DBInstanceClass", "db.r6g.large", False),
    ],
)
def test_the_literal_text_of_a_secret_property_is_a_secret(
    path: str, value: Any, expected: bool
) -> None:
    assert values.is_secret(path, value) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("PolicyDocument.Statement[0].Action", True),
        ("AssumeRolePolicyDocument", True),
        ("KeyPolicy.Statement", True),
        ("DashboardBody", True),
        ("Code.S3Key", True),
        ("CodeSigningConfigArn", False),
        ("Description", False),
    ],
)
def test_documents_and_hashes_are_folded(path: str, expected: bool) -> None:
    assert values.is_folded(path) is expected


def test_a_document_is_indented_and_a_text_that_is_json_is_one() -> None:
    assert values.indented({"b": {"Ref": "Key"}, "a": 1}) == '{\n  "a": 1,\n  "b": "${Key}"\n}'
    assert values.indented('{"a": [1]}') == '{\n  "a": [\n    1\n  ]\n}'
    assert values.indented("{no json") == "{no json"
