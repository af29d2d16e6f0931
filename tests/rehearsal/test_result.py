"""What a rehearsal concludes from what it has seen."""

from __future__ import annotations

import json

from catalog_platform.rehearsal.result import added, problems
from catalog_platform.verification.reconcile import Row
from support.rehearsals import LOSS, act, rehearsal, rolled_back, rows


def test_a_change_that_loses_nothing_and_a_rollback_that_restores_are_safe() -> None:
    found = rehearsal(act(), rolled_back())
    assert found.problems == ()
    assert found.safe


def test_a_replaced_database_is_named_with_its_fate_and_with_what_is_gone() -> None:
    found = problems(act(), act(losses=(LOSS,), earlier=rows(found=0)), None)
    assert [told.partition(":")[0] for told in found] == [
        "the change replaces the database DatabaseInstance",
        "data written before the change is gone",
    ]
    assert LOSS.fate in found[0]
    assert "100 of 100 stock levels in PostgreSQL" in found[1]


def test_a_change_that_fails_is_a_problem_even_if_nobody_has_noticed() -> None:
    failed = rolled_back()
    assert failed.harmless_failure
    assert problems(act(), failed, None) == (
        "the change cannot be deployed, it was rolled back: AWS::SQS::Queue Letters no",
    )


def test_a_rollback_that_fails_too_is_told_with_the_status() -> None:
    (told,) = problems(act(), rolled_back(status="UPDATE_ROLLBACK_FAILED"), None)
    assert "the stack is UPDATE_ROLLBACK_FAILED" in told


def test_updates_that_are_missing_or_too_many_are_counted_by_place() -> None:
    (told,) = problems(act(), act(fed=rows(found=97, unexpected=2)), None)
    assert "3 of 100 stock levels in PostgreSQL, 2 stock levels too many in PostgreSQL" in told


def test_a_service_that_does_not_work_after_the_change_is_told_apart_from_a_loss() -> None:
    lost = act(losses=(LOSS,), earlier=rows(found=0))
    assert lost.disturbed
    works = act(losses=(LOSS,), earlier=rows(found=0), afterwards=rows())
    assert works.works_again
    assert len(problems(act(), works, None)) == 2
    broken = act(losses=(LOSS,), earlier=rows(found=0), afterwards=rows(found=1))
    assert problems(act(), broken, None)[-1] == (
        "the service does not work after the change: 99 of 100 stock levels in PostgreSQL"
    )


def test_a_place_that_cannot_be_read_is_told() -> None:
    found = problems(act(), act(unreadable=("database: no such table",)), None)
    assert found == ("after the change, database: no such table",)


def test_a_base_that_does_not_work_says_nothing_about_the_change() -> None:
    (told,) = problems(act(fed=rows(found=99)), None, None)
    assert told == "the base itself does not work: 1 of 100 stock levels in PostgreSQL"


def test_a_deployment_that_had_to_fail_and_did_not_proves_nothing() -> None:
    told = problems(act(), act(), act(throttled=9))
    assert told == ("the deployment that had to fail did not fail",)


def test_a_service_that_was_never_stopped_was_not_restored() -> None:
    (told,) = problems(act(), act(), rolled_back(throttled=0))
    assert told.endswith("nothing was there to restore")


def test_a_rollback_after_which_updates_are_missing_has_not_restored_the_service() -> None:
    (told,) = problems(act(), act(), rolled_back(fed=rows(found=40)))
    assert told.startswith("the rollback did not restore the service: 60 of 200")


def test_accounts_of_several_feeds_are_added_up_row_by_row() -> None:
    total = added([rows(), rows(found=98, unexpected=1)])
    assert total == (
        Row("PostgreSQL", "stock levels", 200, 198, 1),
        Row("PostgreSQL", "facts", 40, 40, 0),
        Row("S3 archive", "records", 600, 600, 0),
    )


def test_the_json_holds_the_verdict_and_all_acts() -> None:
    shown = json.loads(rehearsal(act(losses=(LOSS,)), None).as_json())
    assert shown["safe"] is False
    assert shown["update"]["losses"][0]["what"] == "database"
    assert shown["failed_deployment"] is None
    assert shown["first"]["fed"][0]["expected"] == 100
