"""The report as Markdown."""

from __future__ import annotations

from dataclasses import replace

from catalog_platform.aws.refused_updates import Refusal
from catalog_platform.local.overlay import Adjustment
from catalog_platform.rehearsal.coverage import NotRehearsed
from catalog_platform.rehearsal.markdown import render
from support.rehearsals import LOSS, rehearsal, rolled_back, rows, step


def test_the_verdict_comes_first() -> None:
    assert render(rehearsal(step(), rolled_back())).startswith("## Rehearsal of prod: safe\n")
    bad = render(rehearsal(step(losses=(LOSS,)), None))
    assert bad.startswith("## Rehearsal of prod: **do not deploy this change**\n")
    assert "- ❌ the change replaces the database DatabaseInstance" in bad
    assert "✅" not in bad


def test_an_accepted_loss_is_a_note_with_the_reason() -> None:
    accepted = replace(LOSS, accepted="acknowledged by shop-team: it is empty")
    text = render(rehearsal(step(losses=(accepted,)), rolled_back()))
    assert "no problem **but losses that are accepted**" in text.splitlines()[0]
    assert "- ⚠️ the change replaces the database DatabaseInstance" in text
    assert "(acknowledged by shop-team: it is empty)" in text
    assert "- ✅ besides that, no update was lost" in text
    assert "❌" not in text


def test_a_resource_that_aws_leaves_behind_is_no_refusal() -> None:
    kept = Refusal("Db", "T", "DeletionProtection", "true", "true", "k", "no", "https://a")
    kept = replace(kept, leaves_behind=True)
    text = render(rehearsal(step(), rolled_back(), left_behind=(kept,)))
    assert "- ⚠️ k: AWS leaves Db (T) behind: no (https://a)" in text
    assert "refuses" not in text


def test_every_step_shows_its_reconciliation_and_the_longest_pause() -> None:
    text = render(rehearsal(step(earlier=rows(found=0)), None))
    assert "### The change is deployed under traffic" in text
    assert "longest time without an arrival 1.4 s" in text
    assert "| PostgreSQL | stock levels | 100 | 0 | 0 | **100** |" in text


def test_a_service_that_works_again_is_reported_beside_the_losses() -> None:
    text = render(rehearsal(step(earlier=rows(found=0), afterwards=rows()), None))
    assert "- ❌ data written before the change is lost" in text
    assert "- ✅ the service works after the change" in text
    assert "| sent afterwards | unit |" in text


def test_a_replaced_resource_is_shown_with_both_names() -> None:
    text = render(rehearsal(step(losses=(LOSS,)), None))
    assert "| DatabaseInstance | AWS::RDS::DBInstance | `db-1` | `db-2` |" in text


def test_a_change_that_failed_without_loss_shows_both() -> None:
    text = render(rehearsal(rolled_back(), None))
    assert "- ❌ the change cannot be deployed, it was rolled back" in text
    assert "- ✅ the rollback restored the service" in text
    assert "The deployment that fails was skipped: the change itself failed." in text


def test_differences_from_aws_are_listed() -> None:
    adjustment = Adjustment("Processor", "Runtime", "python3.13", "python3.11", "one | two")
    text = render(rehearsal(step(), rolled_back(), overlay=(adjustment,)))
    row = "| `Processor.Runtime` | `python3.13` | `python3.11` | one \\| two |"
    assert row in text
    assert (
        "Only recorded by the embedded AWS, so their behaviour is not tested: `AWS::EC2::VPC`."
        in text
    )


def test_a_change_without_differences_is_reported() -> None:
    text = render(rehearsal(step(), rolled_back(), changes=()))
    assert "No resource differs." in text


MISSING = NotRehearsed("Db", "AWS::RDS::DBInstance", ("AllocatedStorage",), "size is recorded only")


def test_a_change_that_is_rehearsed_in_part_is_not_called_safe() -> None:
    found = rehearsal(step(), rolled_back(), rehearsed=("F.Code",), not_rehearsed=(MISSING,))
    text = render(found)
    assert "safe" not in text.splitlines()[0]
    assert "- rehearsed: `F.Code`" in text
    assert "`Db.AllocatedStorage` (AWS::RDS::DBInstance): size is recorded only" in text
    assert text.index("Db.AllocatedStorage") < text.index("### ")


def test_a_rehearsal_that_never_started_says_why() -> None:
    unchanged = replace(rehearsal(None, None), first=None, changes=())
    assert "no difference: nothing was rehearsed" in render(unchanged)
    deleted = replace(unchanged, note="The change deletes the environment prod.")
    assert "**not rehearsed**" in render(deleted)
    assert deleted.note in render(deleted)
    refusal = Refusal("Db", "AWS::RDS::DBInstance", "Size", "2", "1", "", "no", "https://a")
    text = render(replace(unchanged, refused=(refusal,)))
    assert "**AWS refuses this change**" in text
    assert "- ❌ AWS refuses Db.Size (AWS::RDS::DBInstance): 2 → 1: no (https://a)" in text
    breaking = replace(refusal, breaks=True)
    text = render(replace(unchanged, refused=(breaking,)))
    assert "**this change breaks the stack**" in text
    assert "- ❌ the stack breaks after Db.Size (AWS::RDS::DBInstance): 2 → 1: no" in text
    assert "**AWS refuses this change**" in render(replace(unchanged, refused=(refusal, breaking)))
