from __future__ import annotations

import pytest
from msgspec import UNSET

from catalog_platform.findings import Location
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import anchors, causes
from catalog_platform.pipeline.causes import with_causes, with_planned_causes
from catalog_platform.plan.model import Base, Because, Change, EnvironmentPlan, Head, Plan
from catalog_platform.policy.anchors.deciding_keys import DecidingKeys, deciding_keys
from catalog_platform.policy.results import ScanResult
from catalog_platform.terminal.progress import Progress
from support.manifests import a_repository, with_lines
from support.plans import PlanRepository
from support.results import a_result

BUCKET = "Archive/Bucket/Resource"
TABLE = {BUCKET: {"Rules/*/Days": frozenset({"archive.retention_days"})}}
FILE = "environments/sample.yaml"
CODE = "platform/catalog_platform/infra/archive.py"


@pytest.fixture(autouse=True)
def table(monkeypatch):
    monkeypatch.setattr(anchors, "deciding_keys", lambda: DecidingKeys(TABLE))


@pytest.fixture
def workspace(tmp_path):
    return a_repository(tmp_path / "r", sample=with_lines("archive:\n  retention_days: 10\n"))


def of_key(key, line, side="head"):
    return Because(kind="key", side=side, key=key, old=1, new=2, file=FILE, line=line)


def of_code(*files):
    return Because(kind="code", side="head", file=files[0], line=1, files=list(files))


def a_change(*because, logical_id="Bucket"):
    return Change(
        resource=BUCKET,
        logical_id=logical_id,
        type="AWS::S3::Bucket",
        action="update",
        verdict="safe",
        retained=False,
        group="archive",
        blocking=False,
        properties=[],
        because=list(because),
        via=[],
        explanation="",
        source="",
    )


def a_new_result(**changes):
    fields = {
        "environment": "sample",
        "resource": BUCKET,
        "logical_id": "Bucket",
        "status": "new",
        "paths": ("Rules/0/Days",),
        "key": "logs.retention_days",
        "location": Location(FILE, 2),
    }
    return a_result(**{**fields, **changes})


def caused(workspace, result, *because):
    changes = {"sample": [a_change(*because)]}
    scan = with_causes(ScanResult(results=(result,)), Manifests(workspace), changes)
    return scan.results[0]


def test_a_new_result_has_the_line_of_the_edit_that_caused_it(workspace):
    found = caused(workspace, a_new_result(), of_key("archive.retention_days", 8))
    assert (found.location, found.key) == (Location(FILE, 8), "archive.retention_days")
    (cause,) = found.causes
    assert (cause.kind, cause.key, cause.location) == (
        "key",
        "archive.retention_days",
        Location(FILE, 8),
    )


def test_edits_that_changed_other_properties_of_the_resource_are_no_causes(workspace):
    edits = of_key("tags.owner", 3), of_key("archive.retention_days", 8)
    assert [each.key for each in caused(workspace, a_new_result(), *edits).causes] == [
        "archive.retention_days"
    ]


def test_without_known_properties_all_edits_of_the_resource_are_causes(workspace):
    edits = of_key("tags.owner", 3), of_key("archive.object_lock", 8)
    found = caused(workspace, a_new_result(paths=()), *edits)
    assert [each.key for each in found.causes] == ["tags.owner", "archive.object_lock"]
    assert found.key == "tags.owner"


def test_a_key_that_the_policy_names_is_a_cause(workspace):
    result = a_new_result(paths=(), fixing_keys=("archive.object_lock",))
    edits = of_key("tags.owner", 3), of_key("archive.object_lock", 8)
    assert [each.key for each in caused(workspace, result, *edits).causes] == [
        "archive.object_lock"
    ]


def test_an_edit_that_changed_a_connected_resource_is_a_cause(workspace):
    other = a_change(of_key("tags.owner", 3), of_key("archive.retention_days", 8), logical_id="P")
    scan = ScanResult(results=(a_new_result(),))
    (found,) = with_causes(scan, Manifests(workspace), {"sample": [other, other]}).results
    assert [each.key for each in found.causes] == ["archive.retention_days"]


def test_edits_of_other_resources_that_decide_nothing_are_no_causes(workspace):
    other = a_change(of_key("tags.owner", 3), of_code(CODE), logical_id="P")
    scan = ScanResult(results=(a_new_result(),))
    assert with_causes(scan, Manifests(workspace), {"sample": [other]}) == scan


def test_a_removed_line_is_replaced_by_the_line_that_decides_now(workspace):
    found = caused(workspace, a_new_result(), of_key("archive.retention_days", 99, side="base"))
    lines = (workspace.root / FILE).read_text().splitlines()
    assert lines[found.location.line - 1] == "  retention_days: 10"


@pytest.mark.parametrize(
    ("files", "location"),
    [
        ((CODE, "platform/x.py"), Location(CODE, 37)),
        (("platform/x.py",), Location("platform/x.py")),
    ],
)
def test_the_code_as_a_cause_has_the_line_of_the_construct_if_its_file_changed(
    workspace, files, location
):
    result = a_new_result(source=Location(CODE, 37))
    found = caused(workspace, result, of_code(*files))
    assert (found.location, found.key) == (location, "logs.retention_days")
    assert found.causes[0].kind == "code"


def test_a_key_is_preferred_to_the_code(workspace):
    found = caused(workspace, a_new_result(), of_code(CODE), of_key("archive.retention_days", 8))
    assert [each.kind for each in found.causes] == ["code", "key"]
    assert found.location == Location(FILE, 8)


@pytest.mark.parametrize("changes", [{"status": "unchanged"}, {"status": ""}, {"environment": "x"}])
def test_other_results_stay_as_they_are(workspace, changes):
    result = a_new_result(**changes)
    assert caused(workspace, result, of_key("archive.retention_days", 8)) == result


def test_a_change_without_reasons_causes_nothing(workspace):
    assert caused(workspace, a_new_result()) == a_new_result()


def test_only_environments_with_new_results_are_planned(workspace, monkeypatch):
    planned = []

    def make_plan(_workspace, names, reference, _progress):
        planned.append((names, reference))
        environment = EnvironmentPlan(
            environment="sample",
            status="changed",
            verdict="safe",
            digest=UNSET,
            keys=[],
            code=False,
            stack_changes=[],
            changes=[a_change(of_key("archive.retention_days", 8))],
        )
        return Plan(
            base=Base(ref="main", commit="1"),
            head=Head(commit="2", dirty=False),
            environments=[environment],
        )

    monkeypatch.setattr(causes, "make_plan", make_plan)
    manifests, quiet = Manifests(workspace), Progress(quiet=True)
    old = ScanResult(results=(a_new_result(environment="other", status="unchanged"),))
    assert with_planned_causes(manifests, old, "main", quiet) is old
    both = ScanResult(results=(*old.results, a_new_result()))
    found = with_planned_causes(manifests, both, "main", quiet)
    assert planned == [(["sample"], "main")]
    assert [len(each.causes) for each in found.results] == [0, 1]


@pytest.mark.synth
def test_a_plan_finds_the_edit_that_caused_a_result(tmp_path, monkeypatch):
    monkeypatch.setattr(anchors, "deciding_keys", deciding_keys)
    made = PlanRepository.with_two_shops(tmp_path / "repository", monkeypatch)
    made.edit("shop", "shards: 2", "shards: 2\nlogs:\n  retention_days: 7\n  on_removal: destroy")
    (logical_id,) = {
        each.logical_id
        for each in made.environment("shop").changes
        if each.resource == "Logs/Processor/Resource"
    }
    result = a_new_result(
        environment="shop",
        resource="Logs/Processor/Resource",
        logical_id=logical_id,
        paths=("RetentionInDays",),
    )
    manifests, quiet = Manifests(made.workspace), Progress(quiet=True)
    scan = ScanResult(results=(result,))
    (found,) = with_planned_causes(manifests, scan, "main", quiet).results
    assert [each.key for each in found.causes] == ["logs.retention_days"]
    assert found.location == Location("environments/shop.yaml", 10)
