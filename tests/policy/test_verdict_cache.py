"""Verdicts of earlier scans: equal to new ones, and used only where nothing differs."""

from __future__ import annotations

import datetime
import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from catalog_platform.content_cache import ContentCache
from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy import engines, verdict_cache
from catalog_platform.policy.assembly import StackTemplate
from catalog_platform.policy.engines import EngineRun
from catalog_platform.policy.verdict_cache import VerdictCache
from catalog_platform.policy.verdicts import PolicyOutcome, ScanProblem
from support import templates
from support.manifests import ROOT
from support.templates import QUEUE, VALID, python_policy

FIXTURES = sorted((ROOT / "tests" / "policies").glob("CKV_CATALOG_*/*.json"))
PRODUCTION = ROOT / "tests" / "golden" / "production.json"


class Engines:
    """The engines, or what is given instead; records for which environments they run."""

    def __init__(self, result: Callable[[EngineRun], EngineRun] = lambda found: found) -> None:
        self.result = result
        self.runs: list[list[str]] = []

    def __call__(self, assembly: Path, stacks: Sequence[StackTemplate], checks: Path) -> EngineRun:
        self.runs.append([each.environment for each in stacks])
        return self.result(engines.run(assembly, stacks, checks))


Scan = Callable[[Engines], EngineRun]


@pytest.fixture
def checks(tmp_path: Path) -> Path:
    return templates.policies(tmp_path / "policies", a_py=python_policy()) / "checks"


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    return templates.assembly(tmp_path / "out", dev={"Queue": QUEUE}, prod={"Name": VALID})


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another program, whose files can be changed."""
    monkeypatch.setattr(verdict_cache, "PROGRAM", tmp_path / "program")
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "engine.py").write_text("first")
    verdict_cache._program.cache_clear()
    yield tmp_path / "program"
    verdict_cache._program.cache_clear()


@pytest.fixture
def scan(tmp_path: Path, assembly: Path, checks: Path) -> Scan:
    def run(used: Engines) -> EngineRun:
        stacks, _ = assemblies.read(assembly, ["dev", "prod"])
        return VerdictCache(tmp_path / "verdicts", used)(assembly, stacks, checks)

    return run


def everything(run: EngineRun) -> str:
    """Return a digest of all of a run, also of what its comparison leaves out."""
    content = msgspec.json.encode(run, enc_hook=str, order="deterministic")
    return hashlib.sha256(content).hexdigest()


def failed(run: EngineRun, name: str) -> set[str]:
    verdicts = [each for scan in run.scans[name] for each in scan.verdicts]
    return {each.policy for each in verdicts if each.outcome is PolicyOutcome.FAILED}


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_kept_verdicts_are_those_of_the_engines(step: int, tmp_path: Path) -> None:
    files = enumerate([*FIXTURES[::step], PRODUCTION])
    contents: dict[str, str] = {f"e{number}": file.read_text() for number, file in files}
    assembly = templates.assembly(tmp_path, **contents)
    stacks, _ = assemblies.read(assembly, [*contents])
    checks = ROOT / "policies" / "checks"
    uncached = engines.run(assembly, stacks, checks)
    used = Engines()
    cache = VerdictCache(tmp_path / "verdicts", used)
    assert everything(cache(assembly, stacks, checks)) == everything(uncached)
    assert everything(cache(assembly, stacks, checks)) == everything(uncached)
    # What has a problem is scanned each time.
    wrong = [name for name, scans in uncached.scans.items() if any(e.problems for e in scans)]
    assert used.runs == [[*contents], *([wrong] if wrong else [])]


def test_engines_run_for_new_templates_only(scan: Scan, assembly: Path) -> None:
    used = Engines()
    scan(used)
    wrong = {"Type": VALID["Type"], "Properties": {"Type": "String", "Value": "x", "Typ": "x"}}
    templates.assembly(assembly, dev={"Queue": QUEUE}, prod={"Name": wrong})
    found = scan(used)
    assert used.runs == [["dev", "prod"], ["prod"]]
    assert "OUR_1" in failed(found, "dev")
    assert "F3002" in failed(found, "prod")
    assert list(found.scans) == ["dev", "prod"]


def test_planted_errors_are_found_cold_kept_and_after_an_edit(scan: Scan, assembly: Path) -> None:
    schema = {**QUEUE, "Properties": {**QUEUE["Properties"], "DelaySeconds": "much", "Extra": 1}}
    used = Engines()
    for edited in (schema, {**schema, "DeletionPolicy": "Retain"}):
        templates.assembly(assembly, dev={"Queue": edited}, prod={"Name": VALID})
        for _ in ("cold or after an edit", "kept"):
            found = failed(scan(used), "dev")
            assert {"OUR_1", "F3002", "F3012"} <= found
    assert used.runs == [["dev", "prod"], ["dev"]]


def test_a_changed_policy_decides_anew(scan: Scan, checks: Path) -> None:
    used = Engines()
    assert "OUR_1" in failed(scan(used), "dev")
    policy = checks / "a.py"
    policy.write_text(policy.read_text().replace("FAILED", "PASSED"))
    assert "OUR_1" not in failed(scan(used), "dev")
    (checks / "b.yaml").write_text(templates.yaml_policy())
    assert "OUR_2" in scan(used).policies
    policy.rename(checks / "c.py")
    scan(used)
    assert used.runs == [["dev", "prod"]] * 4


def test_compiled_files_of_policies_decide_nothing(scan: Scan, checks: Path) -> None:
    used = Engines()
    scan(used)
    (checks / "__pycache__").mkdir(exist_ok=True)
    (checks / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"compiled")
    scan(used)
    assert len(used.runs) == 1


def test_another_program_package_or_day_decides_anew(
    scan: Scan, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = Engines()
    scan(used)
    (program / "engine.py").write_text("second")
    verdict_cache._program.cache_clear()
    scan(used)
    (tmp_path / "packages" / "checkov-99.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "packages")
    scan(used)
    monkeypatch.setattr(verdict_cache, "_today", lambda: datetime.date(2199, 1, 1))
    scan(used)
    assert used.runs == [["dev", "prod"]] * 4
    scan(used)
    assert len(used.runs) == 4


def test_nothing_is_kept_that_was_edited_while_the_engines_ran(
    scan: Scan, program: Path, checks: Path, assembly: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit_template(found: EngineRun) -> EngineRun:
        templates.assembly(assembly, dev={"Q": QUEUE}, prod={"Name": VALID})
        return found

    def edit_policy(found: EngineRun) -> EngineRun:
        (checks / "a.py").write_text((checks / "a.py").read_text() + "\n")
        return found

    def edit_program(found: EngineRun) -> EngineRun:
        (program / "engine.py").write_text("newer than the loaded one")
        return found

    def remove_policy(found: EngineRun) -> EngineRun:
        (checks / "a.py").unlink()
        return found

    for edit in (edit_template, edit_policy, edit_program, remove_policy):
        used = Engines(edit)
        scan(used)
        templates.assembly(assembly, dev={"Queue": QUEUE}, prod={"Name": VALID})
        assert used.runs == [["dev", "prod"]], edit
    assert not list((checks.parents[1]).glob("verdicts/*"))


@pytest.mark.parametrize("of_template", [True, False])
def test_a_problem_is_reported_each_time_and_ends_with_its_cause(
    of_template: bool, scan: Scan
) -> None:
    problem = ScanProblem(rule="scan-log", message="checkov logged: something")

    def with_problem(found: EngineRun) -> EngineRun:
        (found.scans["prod"][1].problems if of_template else found.problems).append(problem)
        return found

    used = Engines(with_problem)
    for _ in range(2):
        found = scan(used)
        assert [*found.problems, *found.scans["prod"][1].problems] == [problem]
    assert used.runs == [["dev", "prod"], ["prod"] if of_template else ["dev", "prod"]]
    used.result = lambda found: found
    found = scan(used)
    assert found.problems == found.scans["prod"][1].problems == []
    runs = len(used.runs)
    scan(used)
    assert len(used.runs) == runs


def test_a_policy_that_is_invalid_is_reported_each_time(scan: Scan, checks: Path) -> None:
    (checks / "b.py").write_text("raise RuntimeError('bug')")
    for _ in range(2):
        assert [each.rule for each in scan(Engines()).problems] == ["scan-policy"]


def test_an_unreadable_policy_is_left_to_the_engines(scan: Scan, checks: Path) -> None:
    scan(Engines())
    checks.rename(checks.with_name("elsewhere"))
    used = Engines()
    assert [each.rule for each in scan(used).problems] == ["scan-policy"]
    assert used.runs == [["dev", "prod"]]


def test_damaged_and_foreign_files_are_replaced(scan: Scan, tmp_path: Path) -> None:
    used = Engines()
    expected = everything(scan(used))
    files = sorted((tmp_path / "verdicts").iterdir())
    assert len(files) == 3
    for number, path in enumerate(files, 2):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        assert everything(scan(used)) == expected
        assert len(used.runs) == number
        path.unlink()
        assert everything(scan(used)) == expected
        path.write_bytes(whole)
        used.runs.pop()


def test_a_template_has_verdicts_of_both_engines_or_none(
    scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(Engines())
    monkeypatch.setattr(ContentCache, "read", lambda *_: b'{"scans": [[]]}')
    used = Engines()
    scan(used)
    assert used.runs == [["dev", "prod"]]


def test_a_suffix_an_account_or_a_region_decides_anew(
    assembly: Path, checks: Path, tmp_path: Path
) -> None:
    used = Engines()
    cache = VerdictCache(tmp_path / "verdicts", used)
    ((stack,), _) = assemblies.read(assembly, ["dev"])
    other = stack.template.with_suffix(".yaml")
    other.write_bytes(stack.template.read_bytes())
    for changes in ({}, {"account": "222222222222"}, {"region": "eu-west-2"}, {"template": other}):
        cache(assembly, [replace(stack, **changes)], checks)
    assert len(used.runs) == 4


HIT = """
import sys
from pathlib import Path
import psutil
from catalog_platform.policy import assembly as assemblies, engine_process
from catalog_platform.policy.verdict_cache import VerdictCache

out, checks, folder = map(Path, sys.argv[1:])
with engine_process.started(ahead=False) as run:
    found = VerdictCache(folder, run)(out, assemblies.read(out, ["dev", "prod"])[0], checks)
    assert not psutil.Process().children()
assert found.scans["dev"][0].verdicts
print(*{name.partition(".")[0] for name in sys.modules} & {"checkov", "cloudformation_validate"})
"""


def test_kept_verdicts_load_no_engine_and_start_no_process(
    scan: Scan, assembly: Path, checks: Path, tmp_path: Path
) -> None:
    scan(Engines())
    paths = [str(path) for path in (assembly, checks, tmp_path / "verdicts")]
    command = [sys.executable, "-c", HIT, *paths]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (finished.returncode, finished.stdout.strip()) == (0, ""), finished.stderr
