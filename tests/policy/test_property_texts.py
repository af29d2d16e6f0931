from __future__ import annotations

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.property_texts import property_texts
from catalog_platform.policy.scanned_stack import ScannedStack

BUCKET = Resource(
    logical_id="Bucket", type="AWS::S3::Bucket", path="", attributes={}, account="111111111111"
)
STACK = ScannedStack(BUCKET, {"Bucket": BUCKET})


def test_each_scalar_is_read_with_its_path() -> None:
    value = {"Rules": [{"Id": "x", "Days": 7}, {"Bucket": {"Fn::GetAtt": ["Bucket", "Arn"]}}]}
    assert list(property_texts(value, "Properties", STACK)) == [
        ("Properties/Rules/[0]/Id", "x"),
        ("Properties/Rules/[0]/Days", "7"),
        ("Properties/Rules/[1]/Bucket", "${Bucket.Arn}"),
    ]


def test_each_branch_of_a_condition_is_read() -> None:
    value = {"Name": {"Fn::If": ["Large", "a", {"Fn::Sub": "b-${AWS::AccountId}"}]}}
    texts = [text for _, text in property_texts(value, "Properties", STACK)]
    assert {"a", "b-111111111111"} <= {*texts}


def test_the_texts_in_a_function_that_is_not_evaluated_are_read() -> None:
    value = {"Url": {"Fn::Base64": {"Fn::Sub": "redis://${Bucket}"}}}
    assert list(property_texts(value, "Properties", STACK)) == [
        ("Properties/Url", "${unknown}"),
        ("Properties/Url/Fn::Base64", "redis://${Bucket}"),
    ]


def test_an_unset_property_has_no_text() -> None:
    assert list(property_texts(None, "Properties", STACK)) == []
    assert list(property_texts({"Ref": "AWS::NoValue"}, "Properties", STACK)) == []
