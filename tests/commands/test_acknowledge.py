"""The verb `acknowledge`, and plans with acknowledged changes."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from catalog_platform.commands import acknowledge, plan
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.pipeline.planning import against_aws
from catalog_platform.plan.account.environment import with_account
from catalog_platform.plan.model import Account, EnvironmentPlan, Note
from support.checkouts import IDENTITY
from support.manifests import VALID
from support.plans import PlanRepository

pytestmark = pytest.mark.synth

REASON = "The oldest records are archived, and are not read."
SHORTER = f"{VALID}stream: {{retention_hours: 96}}\n"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    made = PlanRepository.create(tmp_path / "repository", monkeypatch, sample=VALID)
    made.workspace.policies.mkdir()
    waivers(made).write_text("# Accepted.\nwaivers: []\n")
    made.repository.commit("waivers")
    return made


def waivers(made: PlanRepository) -> Path:
    """Return the file of waivers."""
    return made.workspace.policies / "waivers.yaml"


def accept(
    made: PlanRepository,
    *resources: str,
    write: bool = True,
    reason: str = REASON,
    against: str | None = None,
) -> int:
    """Acknowledge the blocking changes, or those of some resources."""
    return acknowledge.run(
        made.workspace,
        name="sample",
        base="main",
        resources=resources,
        reason=reason,
        owner="shop-team",
        days=30,
        write=write,
        against=against,
    )


def planned(made: PlanRepository) -> int:
    """Return the exit code of the plan."""
    return plan.run(made.workspace, names=[], base="main", format="text")


def test_an_acknowledged_change_no_longer_blocks_and_another_value_does(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", SHORTER)
    assert planned(made) == 1
    assert accept(made, write=False) == 0
    assert "digest: sha256:" in capsys.readouterr().out
    assert planned(made) == 1
    assert accept(made) == 0
    assert waivers(made).read_text().startswith("# Accepted.\nwaivers:\n\n  - id: sample-stream")
    capsys.readouterr()
    assert planned(made) == 0
    assert f"acknowledged by shop-team: {REASON}" in capsys.readouterr().out
    made.write("sample", SHORTER.replace("96", "48"))
    assert planned(made) == 1


def test_a_spent_acknowledgement_is_a_note(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", SHORTER)
    accept(made)
    made.write("sample", VALID)
    capsys.readouterr()
    assert planned(made) == 0
    assert "covers no change here" in capsys.readouterr().err


def test_what_aws_rejects_cannot_be_acknowledged(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", f"{VALID}stream: {{shards: 9}}\n")
    assert accept(made) == 1
    assert waivers(made).read_text() == "# Accepted.\nwaivers: []\n"
    notes = capsys.readouterr().err
    assert "can't be acknowledged: Stream/Stream/Resource" in notes
    assert "needs an acknowledgement" not in notes


def test_nothing_is_written_for_a_harmless_change(made: PlanRepository) -> None:
    made.write("sample", f"{VALID}stream: {{shards: 3}}\n")
    assert accept(made) == 0
    assert waivers(made).read_text() == "# Accepted.\nwaivers: []\n"


def test_drift_is_acknowledged_for_its_values_only_by_an_entry_of_its_kind(
    made: PlanRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", f"{VALID}stream: {{shards: 3}}\n")

    def says(message: str) -> None:
        def ask(found: EnvironmentPlan, _base: object, _head: object) -> EnvironmentPlan:
            (row,) = (each for each in found.changes if each.action == "update")
            note = Note(
                question="drift",
                resource=row.resource,
                logical_id=row.logical_id,
                verdict="at_risk",
                message=message,
            )
            account = Account(account="1", region="r", stack="s", answers=[], notes=[note])
            return with_account(found, found.changes, account, "", {})

        monkeypatch.setattr(against_aws, "AgainstAws", lambda *_: ask)

    def planned_against() -> int:
        return plan.run(made.workspace, names=["sample"], base="main", against="aws", format="text")

    says("3 shards became 5")
    assert accept(made, against="aws") == 0
    assert "kind: drift" in waivers(made).read_text()
    assert planned_against() == 0
    capsys.readouterr()
    assert planned(made) == 0
    assert "covers no change here" not in capsys.readouterr().err
    waivers(made).write_text(waivers(made).read_text().replace("kind: drift", "kind: change"))
    assert planned_against() == 1
    waivers(made).write_text(waivers(made).read_text().replace("kind: change", "kind: drift"))
    says("3 shards became 6")
    assert planned_against() == 1
    assert "covers no change here" in capsys.readouterr().err


def test_only_the_selected_resources_are_acknowledged(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", f"{SHORTER}archive: {{retention_days: 800}}\n")
    with pytest.raises(UsageError, match="--resource Stream: the plan blocks no change") as caught:
        accept(made, "Stream")
    assert "Archive/Bucket/Resource, Stream/Stream/Resource" in caught.value.message
    assert accept(made, "Stream/Stream/Resource") == 0
    assert waivers(made).read_text().count("- id:") == 1
    capsys.readouterr()
    assert planned(made) == 1


def test_an_expired_acknowledgement_covers_nothing_and_its_owner_is_named(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", SHORTER)
    assert accept(made) == 0
    text = waivers(made).read_text()
    today = datetime.datetime.now(datetime.UTC).date()
    earlier = [today - datetime.timedelta(days=each) for each in (9, 2)]
    text = re.sub(r"created: .*", f"created: {earlier[0]}", text)
    text = re.sub(r"expires: .*", f"expires: {earlier[1]}", text)
    waivers(made).write_text(text)
    capsys.readouterr()
    assert planned(made) == 1
    noted = capsys.readouterr().err
    assert f"expired on {earlier[1]}" in noted
    assert "ask shop-team" in noted
    assert accept(made) == 0
    assert waivers(made).read_text().startswith(text)
    assert planned(made) == 0


def test_an_environment_that_cannot_be_compared_is_not_acknowledged(made: PlanRepository) -> None:
    made.write("sample", f"{VALID}stream: {{shards: many}}\n")
    with pytest.raises(PlatformError, match="sample can't be compared"):
        accept(made)
