from __future__ import annotations

import sys
import types

import pytest

from catalog_platform.policy.tampering import changes, state


class Check:
    id = "OUR_1"

    def run(self) -> str:
        return "failed"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    found = types.ModuleType("checkov.example")
    exec("def scan(): pass\nclass Base:\n    def run(self): pass\nCOUNT = 1", found.__dict__)
    monkeypatch.setitem(sys.modules, "checkov.example", found)
    return found


def test_replaced_functions_and_methods_are_found(module: types.ModuleType) -> None:
    before = state([])
    vars(module)["scan"] = lambda: None
    module.Base.run = lambda self: None
    assert changes(before, state([])) == ["checkov.example.Base.run", "checkov.example.scan"]


def test_a_check_that_is_removed_or_changed_is_found() -> None:
    check, other = Check(), Check()
    before = state([check])
    assert changes(before, state([])) == ["the policy OUR_1"]
    assert changes(before, state([other])) == ["the policy OUR_1"]
    check.run = lambda: "passed"  # type: ignore[method-assign]
    assert changes(before, state([check])) == ["run of the policy OUR_1"]


def test_new_checks_new_modules_and_changed_values_are_no_change(module: types.ModuleType) -> None:
    before = state([])
    vars(module)["COUNT"] = 2
    vars(module)["more"] = lambda: None
    check = Check()
    check.scan = lambda: None  # type: ignore[attr-defined]
    assert changes(before, state([check])) == []
