from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from catalog_platform.policy.anchors.ids import ids_of
from catalog_platform.policy.anchors.source_code import SourceCode


def ids(tmp_path, text):
    """Return pattern and line of the ids in the first call of `Thing`."""
    (tmp_path / "module.py").write_text(dedent(text))
    code = SourceCode(tmp_path, "infra")
    for call, function in code.calls():
        if ast.unparse(call.func) == "Thing":
            found = ids_of(call.args[0], function, code)
            return [(each.pattern, each.node.lineno) for each in found]
    raise AssertionError("no call")


@pytest.mark.parametrize(
    ("expression", "pattern"),
    [
        ("'Bucket'", "Bucket"),
        ("f'Replica{number}'", "Replica.+"),
        ("f'{first()}{second()}Copy'", ".+Copy"),
        ("''.join(words) + 'Endpoint'", ".+Endpoint"),
        ("words.title()", ".+"),
        ("f'{local}Alarm'", "CpuAlarm"),
        ("local", "Cpu"),
    ],
)
def test_the_certain_parts_of_an_expression_are_kept(tmp_path, expression, pattern):
    code = f"""
    def build():
        local = "Cpu"
        return Thing({expression})
    """
    assert [found for found, _ in ids(tmp_path, code)] == [pattern]


def test_both_branches_of_a_condition_are_ids(tmp_path):
    code = """
    def build(wide):
        Thing("ClusterParameters" if wide else "Parameters")
    """
    assert sorted(ids(tmp_path, code)) == [("ClusterParameters", 3), ("Parameters", 3)]


def test_a_parameter_has_the_ids_of_all_calls_where_they_are_written(tmp_path):
    code = """
    def build(id):
        Thing(id)

    def first():
        build("One")

    def second(number):
        build(id=f"Two{number}")
    """
    assert sorted(ids(tmp_path, code)) == [("One", 6), ("Two.+", 9)]


def test_a_part_of_a_text_has_the_values_of_all_calls(tmp_path):
    code = """
    def build(id):
        Thing(f"{id}Cpu")

    def first():
        build("One")
        build("Two")
    """
    assert sorted(ids(tmp_path, code)) == [("OneCpu", 3), ("TwoCpu", 3)]


def test_a_loop_over_a_literal_has_an_id_per_element(tmp_path):
    code = """
    def build():
        for id_, label in (
            ("One", "first"),
            ("Two", "second"),
        ):
            Thing(id_, label)
    """
    assert ids(tmp_path, code) == [("One", 4), ("Two", 5)]


def test_an_unpacked_name_has_its_own_part(tmp_path):
    code = """
    def build(start):
        nodes, id_ = [], f"Cache{start}"
        Thing(id_)
    """
    assert ids(tmp_path, code) == [("Cache.+", 3)]


def test_a_constant_of_the_class_counts_with_those_of_its_subclasses(tmp_path):
    code = """
    class Function(Construct):
        role_id = "Role"

        def build(self):
            Thing(self.role_id)

    class Reader(Function):
        role_id = "ReadOnlyRole"
    """
    assert sorted(ids(tmp_path, code)) == [("ReadOnlyRole", 6), ("Role", 6)]


def test_a_function_that_calls_itself_ends(tmp_path):
    code = """
    def build(id):
        Thing(id)
        build(id)
    """
    assert ids(tmp_path, code) == [(".+", 4)]
