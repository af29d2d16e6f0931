from __future__ import annotations

from dataclasses import replace
from statistics import median
from time import process_time

import pytest

from catalog_platform.findings import Location
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import anchors
from catalog_platform.pipeline.anchors import anchored
from catalog_platform.policy.anchors.constructs import construct_index
from catalog_platform.policy.anchors.deciding_keys import DecidingKeys
from catalog_platform.policy.results import ScanResult
from support.manifests import a_repository, with_files, with_lines
from support.results import a_result

BUCKET = "Archive/Bucket/Resource"
TABLE = {
    BUCKET: {
        "Rules": frozenset({"archive.glacier_after_days"}),
        "Rules/*/Days": frozenset({"archive.retention_days"}),
        "Name": frozenset({"environment.account", "archive.retention_days"}),
        "Lock": frozenset({"archive.object_lock", "logs.retention_days"}),
    }
}
FILE = "environments/sample.yaml"
DEFAULTS = "environments/defaults.yaml"
SECTION = Location(FILE, 2)


@pytest.fixture(autouse=True)
def table(monkeypatch):
    monkeypatch.setattr(anchors, "deciding_keys", lambda: DecidingKeys(TABLE))


def anchor(tmp_path, extra="", /, **fields):
    """Return the anchored result of a policy for the environment with these lines."""
    workspace = a_repository(tmp_path / "r", sample=with_lines(extra))
    with_files(workspace, {"shared/logs.yaml": "logs:\n  retention_days: 30\n"})
    given = {"environment": "sample", "resource": BUCKET, "section": "archive"}
    result = ScanResult(results=(a_result(**given, location=SECTION, hint="fix it", **fields),))
    manifests = Manifests(workspace)
    (found,) = anchored(result, manifests).results
    return found, (workspace.root / found.location.file).read_text().splitlines()


def test_the_line_is_that_of_the_key_that_decides_the_violating_property(tmp_path):
    found, lines = anchor(tmp_path, "archive:\n  retention_days: 10\n", paths=("Rules/0/Days",))
    assert (found.key, found.location.file) == ("archive.retention_days", FILE)
    assert lines[found.location.line - 1] == "  retention_days: 10"
    assert found.hint == "fix it"


def test_a_key_that_only_the_defaults_set_has_its_line_there(tmp_path):
    found, lines = anchor(
        tmp_path, paths=("Rules/0/Days",), fixing_keys=("archive.retention_days",)
    )
    assert (found.key, found.location.file) == ("archive.retention_days", DEFAULTS)
    assert lines[found.location.line - 1].strip().startswith("retention_days:")


def test_a_key_of_a_parent_is_preferred_to_one_of_the_defaults(tmp_path):
    found, _ = anchor(tmp_path, "extends: [shared/logs.yaml]\n", paths=("Lock",))
    assert (found.key, found.location.file) == (
        "logs.retention_days",
        "environments/shared/logs.yaml",
    )


def test_a_key_that_the_policy_names_is_preferred_to_another_that_decides(tmp_path):
    found, _ = anchor(
        tmp_path,
        "archive:\n  glacier_after_days: 90\n",
        paths=("Rules/0/Days",),
        fixing_keys=("archive.retention_days",),
    )
    assert (found.key, found.location.file) == ("archive.retention_days", DEFAULTS)


def test_the_section_of_the_construct_decides_between_equal_keys(tmp_path):
    found, _ = anchor(tmp_path, "archive:\n  retention_days: 10\n", paths=("Name",))
    assert found.key == "archive.retention_days"


@pytest.mark.parametrize("paths", [(), ("Encryption",)])
def test_without_a_measured_key_the_one_that_the_policy_names_is_shown(tmp_path, paths):
    found, _ = anchor(tmp_path, paths=paths, fixing_keys=("archive.object_lock",))
    assert (found.key, found.hint) == ("archive.object_lock", "fix it")


def test_what_only_the_code_decides_names_the_line_of_the_code(tmp_path):
    found, _ = anchor(tmp_path, paths=("Encryption/Algorithm",))
    assert (found.key, found.location) == ("", SECTION)
    assert found.source == construct_index().source(BUCKET)
    place = f"{found.source.file}:{found.source.line}"
    assert found.hint == f"no manifest key decides this: see {place}; fix it"


@pytest.mark.parametrize("paths", [(), ("Properties",)])
def test_nothing_is_said_about_keys_if_the_policy_names_no_property(tmp_path, paths):
    found, _ = anchor(tmp_path, paths=paths)
    assert (found.key, found.hint, found.location) == ("", "fix it", SECTION)


@pytest.mark.parametrize(
    ("paths", "key"), [(["Days"], "archive.retention_days"), (["Nothing"], "")]
)
def test_a_policy_about_connected_resources_has_keys_of_any_of_them(
    tmp_path, monkeypatch, paths, key
):
    other = {"Archive/Other": {"Days": frozenset({"archive.retention_days"})}}
    monkeypatch.setattr(anchors, "deciding_keys", lambda: DecidingKeys({**TABLE, **other}))
    found, _ = anchor(tmp_path, paths=("resource_type", *paths))
    assert (found.key, found.hint) == (key, "fix it")


def test_a_resource_that_the_code_does_not_make_has_no_source(tmp_path):
    found, _ = anchor(tmp_path, paths=("Encryption",))
    strange = replace(found, resource="AWS::SQS::Queue.Q", source=None, hint="fix it")
    workspace = a_repository(tmp_path / "other", sample=with_lines(""))
    (found,) = anchored(ScanResult(results=(strange,)), Manifests(workspace)).results
    assert (found.source, found.hint) == (None, "fix it")


def test_a_key_that_the_manifest_does_not_have_is_not_named(tmp_path):
    found, _ = anchor(tmp_path, fixing_keys=("archive.unknown",))
    assert found.key == ""


def test_a_scan_without_results_stays_as_it_is(tmp_path):
    result = ScanResult(results=())
    assert anchored(result, Manifests(a_repository(tmp_path / "r"))) is result


@pytest.mark.serial
def test_hundreds_of_results_are_quick(tmp_path, monkeypatch):
    monkeypatch.undo()
    workspace = a_repository(tmp_path / "r", sample=with_lines(""))
    manifests = Manifests(workspace)
    manifests.resolve("sample")
    one = a_result(environment="sample", resource=BUCKET, paths=("LifecycleConfiguration",))
    result = ScanResult(results=(one,) * 200)

    def seconds():
        started = process_time()
        anchored(result, manifests)
        return process_time() - started

    seconds()
    assert median(seconds() for _ in range(3)) < 0.1
