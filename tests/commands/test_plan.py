"""The verb `plan`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.commands import acknowledge, plan
from catalog_platform.errors import FindingsError, UsageError
from catalog_platform.pipeline.planning import against_aws
from catalog_platform.pipeline.scan_context import policies_digest
from catalog_platform.pipeline.shard import Shard
from catalog_platform.plan.account.environment import with_account
from catalog_platform.plan.model import Account, Answer, EnvironmentPlan
from catalog_platform.plan.stack import Stack
from catalog_platform.report import plan_github
from support import real_scans
from support.checkouts import IDENTITY
from support.manifests import ROOT, VALID
from support.plan_schema import assert_published
from support.plans import PlanRepository

pytestmark = pytest.mark.synth


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    return PlanRepository.create(tmp_path / "repository", monkeypatch, sample=VALID)


def test_a_safe_plan_exits_0_and_a_change_that_needs_an_acknowledgement_1(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", f"{VALID}stream: {{shards: 3}}\n")
    assert plan.run(made.workspace, names=[], base="main", format="text") == 0
    assert "Stream/Stream/Resource" in capsys.readouterr().out
    made.write("sample", f"{VALID}stream: {{retention_hours: 96}}\n")
    assert plan.run(made.workspace, names=["sample"], base="main", format="json") == 1
    text = capsys.readouterr().out
    assert_published(text)
    printed = json.loads(text)
    assert printed["schema_version"] == 1
    (environment,) = printed["environments"]
    assert environment["verdict"] == "lost"
    assert None not in environment.values()


def test_an_environment_that_is_not_known_exits_1(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", f"{VALID}stream: {{shards: many}}\n")
    assert plan.run(made.workspace, names=[], base="main", format="text") == 1
    assert "sample: unknown" in capsys.readouterr().out


@pytest.mark.parametrize(("answered", "code"), [(True, 0), (False, 1)])
def test_a_question_that_the_account_did_not_answer_exits_1(
    made: PlanRepository,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answered: bool,
    code: int,
) -> None:
    answer = Answer(question="drift", answered=answered, message="answered")

    def ask(found: EnvironmentPlan, base: Stack | None, head: Stack | None) -> EnvironmentPlan:
        assert base is not None
        assert head is not None
        account = Account(account="1", region="r", stack="s", answers=[answer], notes=[])
        return with_account(found, found.changes, account, "", {})

    monkeypatch.setattr(against_aws, "AgainstAws", lambda *_: ask)
    options = {"names": ["sample"], "base": "main", "against": "aws", "format": "json"}
    assert plan.run(made.workspace, **options) == code  # type: ignore[arg-type]
    (environment,) = json.loads(capsys.readouterr().out)["environments"]
    assert environment["status"] == ("unchanged" if answered else "unknown")
    assert environment["account"]["answers"][0]["message"] == "answered"


def test_an_account_is_asked_about_named_environments_only(made: PlanRepository) -> None:
    with pytest.raises(UsageError, match="no environment is named"):
        plan.run(made.workspace, names=[], base="main", against="aws", format="text")


def test_out_has_all_reports_beside_what_is_printed(
    made: PlanRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", f"{VALID}stream: {{shards: 3}}\n")
    out = tmp_path / "new" / "folder"
    assert plan.run(made.workspace, names=[], base="main", format="html", out=out) == 0
    printed = capsys.readouterr().out
    names = ["plan.html", "plan.json", "plan.md", "rehearsals.json"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert json.loads((out / "rehearsals.json").read_text()) == ["sample"]
    assert (out / "plan.html").read_text() == printed
    assert "Stream/Stream/Resource" in (out / "plan.md").read_text()
    assert_published((out / "plan.json").read_text())


def test_an_out_that_is_a_file_is_refused_before_any_work(
    made: PlanRepository, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is not a folder"):
        plan.run(made.workspace, names=["unknown"], base="x", format="text", out=tmp_path / "file")


@pytest.mark.parametrize("verb", ["plan", "affected"])
def test_nothing_heavy_is_loaded_and_nothing_synthesised_when_nothing_changed(
    verb: str, made: PlanRepository
) -> None:
    code = (
        "import json, sys\n"
        "from catalog_platform import cli\n"
        f"code = cli.main(['-C', {str(made.workspace.root)!r}, {verb!r}])\n"
        "names = ('aws_cdk', 'jsii', 'checkov', 'boto3', 'botocore', 'cfnlint', 'psycopg')\n"
        "print(json.dumps([code, sorted({*names} & {*sys.modules})]), file=sys.stderr)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], text=True, capture_output=True, timeout=60, check=True
    )
    assert json.loads(finished.stderr.splitlines()[-1]) == [0, []]
    assert not (made.workspace.build / "stacks").exists()


def test_a_new_policy_finding_fails_the_plan_and_is_reported_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = real_scans.a_repository(tmp_path / "scanned", monkeypatch)
    made.edit("shop", "shards: 2", "shards: 3")
    out = tmp_path / "out"
    assert plan.run(made.workspace, names=[], base="main", format="text") == 0
    capsys.readouterr()
    assert plan.run(made.workspace, names=[], base="main", format="text", scan=True, out=out) == 1
    printed = capsys.readouterr().out
    assert printed.index("Stream/Stream/Resource (AWS") < printed.index("[OUR_1] (high, new, shop)")
    names = {"plan.json", "plan.md", "plan.html", "scan.txt", "scan.json", "scan.md", "scan.html"}
    assert names | {"alerts.sarif"} <= {each.name for each in out.iterdir()}


def test_a_broken_file_of_waivers_is_reported_by_the_scan_beside_the_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = real_scans.a_repository(tmp_path / "scanned", monkeypatch)
    made.edit("shop", "shards: 2", "retention_hours: 48")
    (made.workspace.policies / "waivers.yaml").write_text("waivers: [{id: a}]\n")
    options: dict[str, Any] = {"names": [], "base": "main", "format": "github"}
    with pytest.raises(FindingsError):
        plan.run(made.workspace, **options)
    out = tmp_path / "out"
    assert plan.run(made.workspace, **options, scan=True, out=out) == 1
    printed = capsys.readouterr().out
    assert "::error file=policies/waivers.yaml,line=1,col=1,title=waiver-malformed::" in printed
    assert "waiver-malformed" in (out / "scan.txt").read_text()
    assert "| shop | changed |" in (out / "plan.md").read_text()


def test_the_base_accepts_and_prices_the_changes_of_a_fork_and_the_reports_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = real_scans.a_repository(tmp_path / "scanned", monkeypatch)
    policies = made.workspace.policies
    of_base = policies_digest(policies)
    made.edit("shop", "shards: 2", "retention_hours: 48")
    accepted = {"reason": "Records of more than two days are not read.", "owner": "fork"}
    assert (
        acknowledge.run(made.workspace, name="shop", base="main", days=30, write=True, **accepted)
        == 0
    )
    shutil.copytree(ROOT / "policies" / "prices", policies / "prices")
    capsys.readouterr()
    options: dict[str, Any] = {"names": ["shop"], "base": "main"}
    assert plan.run(made.workspace, format="json", **options) == 0
    (own,) = json.loads(capsys.readouterr().out)["environments"]
    out = tmp_path / "out"
    options |= {"scan": True, "policies_from_base": True, "out": out}
    assert plan.run(made.workspace, format="github", **options) == 1
    assert plan_github.ON_BASE in capsys.readouterr().out
    printed = json.loads((out / "plan.json").read_text())
    (judged,) = printed["environments"]
    blocking = [[each["blocking"] for each in e["changes"]] for e in (own, judged)]
    assert (blocking, printed["base"]["policies"]) == ([[False], [True]], True)
    assert ("cost" in own, "cost" in judged) == (True, False)
    page = (out / "scan.html").read_text()
    assert (of_base in page, policies_digest(policies) in page) == (True, False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"policies_from_base": True}, "--policies-from-base needs --scan"),
        ({"scan": True, "against": "aws"}, "--scan and --against exclude each other"),
        ({"shard": Shard(1, 2), "against": "aws"}, "--shard and --against exclude each other"),
        ({"scan": True, "format": "json"}, "two documents in format json cannot be printed"),
    ],
)
def test_options_that_exclude_each_other_are_refused(
    options: dict[str, Any], message: str, made: PlanRepository
) -> None:
    with pytest.raises(UsageError, match=message):
        plan.run(made.workspace, **{"names": [], "base": "main", "format": "text", **options})
