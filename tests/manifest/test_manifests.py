from __future__ import annotations

import pytest

from catalog_platform.errors import FindingsError, UsageError
from catalog_platform.manifest import Manifests
from catalog_platform.model import Manifest
from support.manifests import DEFAULTS, VALID, a_repository, findings_of, report_text, with_lines


def test_all_environments_are_checked_when_none_is_named(examples):
    manifests, findings = Manifests(examples).check([])
    assert findings == ()
    assert tuple(manifests) == examples.environment_names()


def test_a_valid_environment_is_loaded(tmp_path):
    loaded = Manifests(a_repository(tmp_path / "r", sample=VALID)).load("sample")
    assert isinstance(loaded, Manifest)
    assert loaded.environment.account == "555555555555"
    assert loaded.database.multi_az is False
    assert loaded.network.availability_zones == ("eu-west-1a", "eu-west-1b")


def test_loading_an_invalid_environment_raises_all_its_findings_in_order(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=with_lines("cache:\n  port: 1\n  engine: x\n"))
    with pytest.raises(FindingsError) as caught:
        Manifests(workspace).load("sample")
    assert [each.location.line for each in caught.value.findings] == [8, 9]


def test_an_unknown_environment_is_a_usage_error_that_names_the_valid_ones(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    with pytest.raises(UsageError) as caught:
        Manifests(workspace).load("smaple")
    assert "environments: sample" in caught.value.message
    assert caught.value.hint == "did you mean 'sample'?"


def test_an_invalid_environment_does_not_affect_a_valid_one(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=VALID, broken="a: [")
    manifests, findings = Manifests(workspace).check([])
    assert list(manifests) == ["sample"]
    assert {each.environment for each in findings} == {"broken"}


def test_findings_of_other_environments_are_omitted(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=VALID, broken="a: [")
    assert findings_of(workspace, "sample") == ()


def test_an_environment_is_compared_with_those_not_named(tmp_path):
    other = VALID.replace("sample", "a").replace("10.55.0.0/16", "10.55.128.0/17")
    workspace = a_repository(tmp_path / "r", sample=VALID, a=other)
    (found,) = findings_of(workspace, "a")
    assert found.location.file == "environments/a.yaml"
    assert "environments/sample.yaml:6:3" in found.message


def test_two_environments_that_collide_are_found_in_both_and_each_names_the_other(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=VALID, a=VALID.replace("sample", "a"))
    found = findings_of(workspace)
    assert [each.location.file for each in found] == [
        "environments/a.yaml",
        "environments/sample.yaml",
    ]
    assert "of sample (environments/sample.yaml:6:3)" in found[0].message
    assert "of a (environments/a.yaml:6:3)" in found[1].message


def test_an_error_in_the_defaults_is_reported_once_for_all_environments(tmp_path):
    defaults = DEFAULTS
    defaults = defaults.replace("port: 5432", "port: 80")
    other = VALID.replace("sample", "other").replace("10.55", "10.56")
    workspace = a_repository(tmp_path / "r", defaults=defaults, sample=VALID, other=other)
    (found,) = findings_of(workspace)
    assert found.location.file == "environments/defaults.yaml"


def test_broken_defaults_are_found_even_without_environments(tmp_path):
    assert "environments/defaults.yaml:1:4" in report_text(
        a_repository(tmp_path / "r", defaults="a: [1\n")
    )
