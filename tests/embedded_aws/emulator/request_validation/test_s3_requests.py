"""Requests to S3 become the parameters of its operations.

https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
"""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.emulator.request_validation.decoding import Request
from embedded_aws.emulator.request_validation.errors import MalformedError
from embedded_aws.emulator.request_validation.s3_requests import decode
from support.request_fuzzing import model


def call(method: str, path: str, body: bytes = b"", **given: Any) -> tuple[str, dict[str, Any]]:
    """Return the operation and the parameters without bucket and key."""
    request = Request(method, path, given.get("headers", {}), body, given.get("query", {}))
    found = decode(model("s3"), request)
    assert found is not None
    parameters = dict(found.parameters)
    parameters.pop("Bucket", None)
    parameters.pop("Key", None)
    return found.operation.name, parameters


def test_operations_of_one_route_differ_in_what_they_require() -> None:
    part = {"partNumber": ["2"], "uploadId": ["u"]}
    copied = {"x-amz-copy-source": "/other/key"}
    assert call("PUT", "/b/k") == ("PutObject", {})
    assert call("PUT", "/b/k", headers=copied)[0] == "CopyObject"
    assert call("PUT", "/b/k", query=part) == ("UploadPart", {"PartNumber": 2, "UploadId": "u"})
    assert call("PUT", "/b/k", query=part, headers=copied)[0] == "UploadPartCopy"
    assert call("DELETE", "/b/k", query={"uploadId": ["u"]})[0] == "AbortMultipartUpload"
    assert call("GET", "/")[0] == "ListBuckets"


def test_a_request_without_an_operation_is_left_to_the_emulator() -> None:
    assert decode(model("s3"), Request("POST", "/b", {}, b"form", {})) is None
    assert decode(model("s3"), Request("PATCH", "/b/k", {}, b"", {})) is None


def test_xml_has_lists_attributes_and_nested_structures() -> None:
    body = (
        b'<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><AccessControlList>'
        b'<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        b' xsi:type="CanonicalUser"><ID>me</ID></Grantee><Permission>READ</Permission></Grant>'
        b"</AccessControlList></AccessControlPolicy>"
    )
    operation, parameters = call("PUT", "/b", body, query={"acl": [""]})
    grant = {"Grantee": {"Type": "CanonicalUser", "ID": "me"}, "Permission": "READ"}
    assert (operation, parameters) == (
        "PutBucketAcl",
        {"AccessControlPolicy": {"Grants": [grant]}},
    )
    rule = b"<Rule><ID>a</ID><Status>Enabled</Status><Expiration><Days>3</Days></Expiration></Rule>"
    whole = b"<LifecycleConfiguration>" + rule * 2 + b"</LifecycleConfiguration>"
    rules = call("PUT", "/b", whole, query={"lifecycle": [""]})[1]["LifecycleConfiguration"]
    assert rules["Rules"] == [{"ID": "a", "Status": "Enabled", "Expiration": {"Days": 3}}] * 2


def test_a_policy_is_the_text_of_the_body_and_lists_are_in_headers() -> None:
    assert call("PUT", "/b", b"{}", query={"policy": [""]}) == ("PutBucketPolicy", {"Policy": "{}"})
    headers = {"x-amz-object-attributes": "ETag, ObjectSize"}
    found = call("GET", "/b/k", query={"attributes": [""]}, headers=headers)
    assert found == ("GetObjectAttributes", {"ObjectAttributes": ["ETag", "ObjectSize"]})


@pytest.mark.parametrize(
    "body",
    [
        b"<",
        b"<Other/>",
        b"<Tagging><Unknown/></Tagging>",
        b"<Tagging><TagSet/><TagSet/></Tagging>",
        b"<Tagging><TagSet><Tag><Key>k</Key><Key>l</Key></Tag></TagSet></Tagging>",
    ],
    ids=("open", "root", "unknown", "repeated", "repeated value"),
)
def test_xml_that_is_not_of_the_schema_cannot_be_read(body: bytes) -> None:
    with pytest.raises(MalformedError):
        call("PUT", "/b", body, query={"tagging": [""]})


def test_times_are_read_and_broken_ones_are_not() -> None:
    def retention(text: str) -> Any:
        body = f"<Retention><RetainUntilDate>{text}</RetainUntilDate></Retention>".encode()
        return call("PUT", "/b/k", body, query={"retention": [""]})[1]["Retention"]

    assert retention("2030-01-01T00:00:00Z") == {"RetainUntilDate": 1893456000.0}
    with pytest.raises(MalformedError, match="not a timestamp"):
        retention("tomorrow")
    # S3 ignores conditions that it can't read.
    assert call("GET", "/b/k", headers={"if-modified-since": "x"}) == ("GetObject", {})
