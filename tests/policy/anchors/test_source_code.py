from __future__ import annotations

import pytest

from catalog_platform.policy.anchors.source_code import SourceCode, called

STORE = """
from constructs import Construct
from aws_cdk import aws_s3 as s3
from catalog.infra import alarms as store_alarms

class Store(Construct):
    role_id = "Role"

    def __init__(self, scope: Construct, id: str, *, name: str) -> None:
        self.bucket = s3.Bucket(self, "Bucket")
        self.add("Copy")
        store_alarms.add(self)

    def add(self, id: str, count: int = 1) -> None: ...

class Archive(Store):
    role_id = "ArchiveRole"

class Sources:
    pass
"""
ALARMS = """
def add(factory: Store) -> None:
    factory.add(id="Errors")
"""


@pytest.fixture
def code(tmp_path):
    (tmp_path / "store.py").write_text(STORE)
    (tmp_path / "alarms.py").write_text(ALARMS)
    return SourceCode(tmp_path, "infra")


def function_of(code, name, owner=""):
    return next(each for each in code.functions if (each.node.name, each.owner) == (name, owner))


def test_calls_of_a_method_are_not_those_of_a_function_with_the_same_name(code):
    method = function_of(code, "add", "Store")
    passed = [method.argument(call, "id").value for call, _ in code.calls_of(method)]
    assert sorted(passed) == ["Copy", "Errors"]
    ((call, caller),) = code.calls_of(function_of(code, "add"))
    assert (called(call), caller.file) == ("add", "infra/store.py")


def test_an_argument_that_a_call_omits_is_none(code):
    method = function_of(code, "add", "Store")
    assert [method.argument(call, "count") for call, _ in code.calls_of(method)] == [None, None]


def test_parameters_have_their_annotations_without_self(code):
    parameters = function_of(code, "__init__", "Store").parameters
    assert parameters == {"scope": "Construct", "id": "str", "name": "str"}


def test_a_class_has_the_attributes_and_constants_of_its_family(code):
    assert [*code.lineage("Archive")] == ["Archive", "Store"]
    assert code.classes["Store"].attributes == {"bucket": "Bucket"}
    assert code.constants("Store", "role_id") == ["Role", "ArchiveRole"]
    assert code.constants("Archive", "role_id") == ["ArchiveRole"]


def test_only_classes_that_derive_from_the_cdk_are_constructs(code):
    assert code.is_construct("Archive")
    assert not code.is_construct("Sources")
    assert not code.is_construct("unknown")
