from __future__ import annotations

import pytest

from catalog_platform.release.imported import is_imported

GROUP = "AWS::Logs::LogGroup"


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_a_retained_resource_with_a_stated_name_is_imported(policy: str) -> None:
    assert is_imported(GROUP, policy, "/a")


@pytest.mark.parametrize(
    ("kind", "policy", "name"),
    [
        (GROUP, "Delete", "/a"),
        (GROUP, "Snapshot", "/a"),
        (GROUP, "", "/a"),
        (GROUP, "Retain", {"Fn::Sub": "/a"}),
        (GROUP, "Retain", None),
        ("AWS::KMS::Key", "Retain", "/a"),
    ],
)
def test_anything_else_is_not_imported(kind: str, policy: str, name: object) -> None:
    assert not is_imported(kind, policy, name)
