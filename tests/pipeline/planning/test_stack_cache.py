"""The cache of the base's stacks; `test_content_cache` tests its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.content_cache import ContentCache
from catalog_platform.pipeline.planning.stack_cache import StackCache
from catalog_platform.plan.stack import Stack

STACK = Stack(
    template={"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}},
    account="1" * 12,
    region="eu-west-1",
    is_protected=True,
    paths={"Queue": "Stream/Queue"},
)


def test_a_stack_is_read_as_it_was_written(tmp_path: Path) -> None:
    cache = StackCache(tmp_path, "inputs")
    assert cache.read("prod") is None
    cache.write("prod", STACK, "digest")
    assert StackCache(tmp_path, "inputs").read("prod") == (STACK, "digest")


def test_another_environment_version_or_package_has_a_stack_of_its_own(tmp_path: Path) -> None:
    StackCache(tmp_path, "inputs").write("prod", STACK, "digest")
    assert StackCache(tmp_path, "inputs").read("dev") is None
    assert StackCache(tmp_path, "others").read("prod") is None
    assert StackCache(tmp_path, "inputs", pinned=True).read("prod") is None


@pytest.mark.parametrize("content", [b"", b"no JSON", b"{}", b"[1, 2]"])
def test_another_content_is_not_read(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ContentCache, "read", lambda *_: content)
    assert StackCache(tmp_path, "inputs").read("prod") is None
