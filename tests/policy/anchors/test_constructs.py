from __future__ import annotations

from statistics import median
from textwrap import dedent
from time import process_time

import pytest

from catalog_platform.policy.anchors.constructs import ConstructIndex, construct_index
from support.manifests import ROOT

STACK = """
class CatalogStack(Stack):
    def __init__(self):
        self.store = Store(self, "Store")
        self.copy = Copy(self.store, "Copy")
        self.sources = Sources(self.store, self.copy)
        self.plain = Plain(self, "Plain")
        CfnOutput(self, anything())
"""
STORE = """
class Store(Construct):
    def __init__(self, scope: Construct, id: str):
        self.bucket = s3.Bucket(
            self,
            "Bucket",
        )
        self.bucket.add_endpoint("Door")
        self.bucket.add_function_url(auth=True)
        create_secret(self)
        self._group("Log")

    def _group(self, id: str):
        logs.LogGroup(self, id)

class Copy(Store):
    def __init__(self):
        Plain(self, "Part")

class Plain(Construct):
    def __init__(self, scope: Construct, id: str):
        s3.Bucket(self, "Bucket")

class Sources:
    pass

def create_secret(scope: Construct):
    Secret(scope, "Secret")

def add_alarm(factory: Store):
    Alarm(factory, "Alarm")
"""


@pytest.fixture
def index(tmp_path):
    (tmp_path / "stack.py").write_text(dedent(STACK))
    (tmp_path / "store.py").write_text(dedent(STORE))
    return ConstructIndex(tmp_path, "infra")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("Store", "stack.py:4"),
        ("Store/Bucket/Resource", "store.py:6"),
        ("Store/Bucket/Policy/Resource", "store.py:6"),
        ("Store/Bucket/Door/Resource", "store.py:8"),
        ("Store/Bucket/FunctionUrl/Resource", "store.py:9"),
        ("Store/Secret/Resource", "store.py:28"),
        ("Store/Log/Resource", "store.py:11"),
        ("Store/Alarm/Resource", "store.py:31"),
        ("Store/Copy/Bucket/Resource", "store.py:6"),
        ("Store/Copy/Part/Bucket/Resource", "store.py:22"),
        ("Plain/Bucket/Resource", "store.py:22"),
    ],
)
def test_a_construct_has_the_line_with_its_id(index, path, line):
    found = index.source(path)
    assert str(found).removeprefix("infra/").rpartition(":")[0] == line


@pytest.mark.parametrize("path", ["", "Unknown/Bucket/Resource", "AWS::SQS::Queue.Q"])
def test_a_resource_that_the_code_does_not_make_has_no_line(index, path):
    assert index.source(path) is None


def test_lines_are_those_of_files_in_the_repository():
    found = construct_index().source("Archive/Bucket/Resource")
    assert found is not None
    assert (ROOT / found.file).read_text().splitlines()[found.line - 1].strip() == '"Bucket",'


@pytest.mark.serial
def test_the_index_is_quick():
    def seconds():
        started = process_time()
        ConstructIndex()
        return process_time() - started

    assert median(seconds() for _ in range(3)) < 0.2
