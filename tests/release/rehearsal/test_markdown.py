"""The report as people read it on a pull request."""

from __future__ import annotations

from catalog_platform.local.overlay import Adjustment
from catalog_platform.rehearsal.markdown import render
from support.rehearsals import LOSS, act, rehearsal, rolled_back, rows


def test_the_verdict_comes_first() -> None:
    assert render(rehearsal(act(), rolled_back())).startswith("## Rehearsal of prod: safe\n")
    bad = render(rehearsal(act(losses=(LOSS,)), None))
    assert bad.startswith("## Rehearsal of prod: **do not deploy this**\n")
    assert "- ❌ the change replaces the database DatabaseInstance" in bad
    assert "✅" not in bad


def test_every_act_shows_its_account_and_the_longest_pause() -> None:
    text = render(rehearsal(act(earlier=rows(found=0)), None))
    assert "### The change is applied" in text
    assert "the longest time without an arrival was 1.4 s" in text
    assert "| PostgreSQL | stock levels | 100 | 0 | 0 | **100** |" in text


def test_a_service_that_works_again_is_said_to_beside_what_was_lost() -> None:
    text = render(rehearsal(act(earlier=rows(found=0), afterwards=rows()), None))
    assert "- ❌ data written before the change is gone" in text
    assert "- ✅ the service works again" in text
    assert "| put afterwards | what |" in text


def test_what_was_replaced_is_shown_with_both_names() -> None:
    text = render(rehearsal(act(losses=(LOSS,)), None))
    assert "| DatabaseInstance | AWS::RDS::DBInstance | `db-1` | `db-2` |" in text


def test_a_change_that_failed_without_harm_says_both() -> None:
    text = render(rehearsal(rolled_back(), None))
    assert "- ❌ the change cannot be deployed, it was rolled back" in text
    assert "- ✅ the rollback left the service in order" in text
    assert "No other deployment was made to fail: the change itself has failed." in text


def test_what_differs_from_aws_is_there_for_everyone_to_see() -> None:
    adjustment = Adjustment("Processor", "Runtime", "python3.13", "python3.11", "one | two")
    text = render(rehearsal(act(), rolled_back(), overlay=(adjustment,)))
    row = "| `Processor.Runtime` | `python3.13` | `python3.11` | one \\| two |"
    assert row in text
    assert "Recorded only, so that nothing is proven about them: `AWS::EC2::VPC`." in text


def test_a_change_that_changes_nothing_is_called_that() -> None:
    text = render(rehearsal(act(), rolled_back(), changes=()))
    assert "No resource differs: the stack was deployed again as it was." in text
