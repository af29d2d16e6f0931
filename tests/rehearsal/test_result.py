"""The problems that a rehearsal reports."""

from __future__ import annotations

import json
from dataclasses import replace

from catalog_platform.aws.refused_updates import Refusal
from catalog_platform.rehearsal.coverage import NotRehearsed
from catalog_platform.rehearsal.result import problems, sum_rows
from catalog_platform.rehearsal.stateful_resources import Loss
from catalog_platform.verification.reconcile import Row
from support.rehearsals import LOSS, rehearsal, rolled_back, rows, step


def test_a_change_that_loses_nothing_and_a_rollback_that_restores_are_safe() -> None:
    found = rehearsal(step(), rolled_back())
    assert found.problems == ()
    assert found.safe


def test_a_replaced_database_is_reported_with_its_fate_and_the_lost_data() -> None:
    found = problems(step(), step(losses=(LOSS,), earlier=rows(found=0)), None)
    assert [problem.partition(":")[0] for problem in found] == [
        "the change replaces the database DatabaseInstance",
        "data written before the change is lost",
    ]
    assert LOSS.fate in found[0]
    assert "100 of 100 stock levels in PostgreSQL" in found[1]


def test_what_an_accepted_loss_explains_is_no_problem() -> None:
    accepted = replace(LOSS, accepted="acknowledged by a")
    emptied = step(losses=(accepted,), earlier=rows(found=0), fed=rows(found=9), afterwards=rows())
    found = rehearsal(emptied, rolled_back(earlier=()))
    assert (found.problems, found.passed) == ((), True)
    assert (found.verdict, found.safe) == ("accepted-losses", False)
    assert (emptied.lost_data, emptied.lost_updates) == (0, 0)


def test_another_loss_and_what_other_stores_lack_stay_problems() -> None:
    accepted, other = replace(LOSS, accepted="acknowledged by a"), replace(LOSS, logical_id="Other")
    archive = replace(rows()[2], found=299)
    lacking = step(losses=(accepted, other), fed=(*rows(found=0)[:2], archive))
    assert problems(step(), lacking, None) == (
        f"the change replaces the database Other: {LOSS.fate}",
        "updates sent during the change are lost: 1 of 300 records in S3 archive",
    )


def test_a_service_that_does_not_work_after_an_accepted_loss_is_a_problem() -> None:
    accepted = replace(LOSS, accepted="acknowledged by a")
    broken = step(losses=(accepted,), fed=rows(found=0), afterwards=rows(found=1))
    (problem,) = problems(step(), broken, None)
    assert problem.startswith("the service does not work after the change: 99 of 100")


def test_the_last_updates_of_a_replaced_stream_are_explained_and_earlier_data_is_not() -> None:
    stream = Loss("Stream", "AWS::Kinesis::Stream", "stream", "a", "b", "gone", "acknowledged")
    assert problems(step(), step(losses=(stream,), fed=rows(found=0)), None) == ()
    (problem,) = problems(step(), step(losses=(stream,), earlier=rows(found=99)), None)
    assert problem.startswith("data written before the change is lost: 1 of 100")


def test_a_change_that_fails_is_a_problem_even_without_loss() -> None:
    failed = rolled_back()
    assert failed.harmless_failure
    assert problems(step(), failed, None) == (
        "the change cannot be deployed, it was rolled back: AWS::SQS::Queue Letters no",
    )


def test_a_failed_rollback_is_reported_with_the_status() -> None:
    (problem,) = problems(step(), rolled_back(status="UPDATE_ROLLBACK_FAILED"), None)
    assert "the stack is UPDATE_ROLLBACK_FAILED" in problem


def test_missing_and_unexpected_updates_are_counted_by_store() -> None:
    (problem,) = problems(step(), step(fed=rows(found=97, unexpected=2)), None)
    assert "3 of 100 stock levels in PostgreSQL, 2 unexpected stock levels in PostgreSQL" in problem


def test_a_service_that_does_not_work_after_the_change_is_reported_apart_from_a_loss() -> None:
    lost = step(losses=(LOSS,), earlier=rows(found=0))
    assert lost.needs_probe
    works = step(losses=(LOSS,), earlier=rows(found=0), afterwards=rows())
    assert works.works_again
    assert len(problems(step(), works, None)) == 2
    broken = step(losses=(LOSS,), earlier=rows(found=0), afterwards=rows(found=1))
    assert problems(step(), broken, None)[-1] == (
        "the service does not work after the change: 99 of 100 stock levels in PostgreSQL"
    )


def test_a_store_that_cannot_be_read_is_reported() -> None:
    found = problems(step(), step(unreadable=("database: no such table",)), None)
    assert found == ("after the change, database: no such table",)


def test_a_base_that_does_not_work_is_the_only_problem() -> None:
    (problem,) = problems(step(fed=rows(found=99)), None, None)
    assert problem == "the base version does not work: 1 of 100 stock levels in PostgreSQL"


def test_a_base_whose_stores_cannot_be_read_does_not_work() -> None:
    (problem,) = problems(step(unreadable=("cache: no connection",)), None, None)
    assert problem == "the base version does not work: cache: no connection"


def test_an_injected_failure_that_does_not_fail_is_a_problem() -> None:
    problem = problems(step(), step(), step(throttled=9))
    assert problem == ("the deployment with an injected failure did not fail",)


def test_a_rollback_without_throttled_calls_is_a_problem() -> None:
    (problem,) = problems(step(), step(), rolled_back(throttled=0))
    assert problem.endswith("so the rollback restored nothing")


def test_a_rollback_after_which_updates_are_missing_has_not_restored_the_service() -> None:
    (problem,) = problems(step(), step(), rolled_back(fed=rows(found=40)))
    assert problem.startswith("the rollback did not restore the service: 60 of 200")


def test_a_store_that_cannot_be_read_after_the_rollback_is_a_problem() -> None:
    (problem,) = problems(step(), step(), rolled_back(unreadable=("cache: no connection",)))
    assert problem == "after the rollback, cache: no connection"


def test_a_service_that_does_not_work_after_the_rollback_is_a_problem() -> None:
    found = problems(step(), step(), rolled_back(fed=rows(found=0), afterwards=rows(found=1)))
    assert found[-1] == (
        "the service does not work after the rollback: 99 of 100 stock levels in PostgreSQL"
    )
    works = problems(step(), step(), rolled_back(fed=rows(found=0), afterwards=rows()))
    assert len(works) == len(found) - 1


def test_reconciliations_of_several_feeds_are_added_row_by_row() -> None:
    total = sum_rows([rows(), rows(found=98, unexpected=1)])
    assert total == (
        Row("PostgreSQL", "stock levels", 200, 198, 1),
        Row("PostgreSQL", "facts", 40, 40, 0),
        Row("S3 archive", "records", 600, 600, 0),
    )


def test_the_json_holds_the_verdict_and_all_steps() -> None:
    shown = json.loads(rehearsal(step(losses=(LOSS,)), None).as_json())
    assert shown["safe"] is False
    assert shown["update"]["losses"][0]["what"] == "database"
    assert shown["failed_deployment"] is None
    assert shown["first"]["fed"][0]["expected"] == 100


def test_the_verdict_claims_no_more_than_what_was_rehearsed() -> None:
    missing = NotRehearsed("Db", "AWS::RDS::DBInstance", ("AllocatedStorage",), "recorded only")
    partly = rehearsal(step(), rolled_back(), not_rehearsed=(missing,))
    assert (partly.verdict, partly.safe, partly.passed) == ("safe-as-rehearsed", False, True)
    assert json.loads(partly.as_json())["verdict"] == "safe-as-rehearsed"
    failed = rehearsal(rolled_back(), None, not_rehearsed=(missing,))
    assert (failed.verdict, failed.passed) == ("problems", False)
    unchanged = replace(partly, first=None, problems=(), not_rehearsed=())
    assert (unchanged.verdict, unchanged.safe, unchanged.passed) == ("no-difference", False, True)
    assert replace(unchanged, not_rehearsed=(missing,)).verdict == "not-rehearsed"
    refusal = Refusal("Db", "AWS::RDS::DBInstance", "Size", "2", "1", "", "no", "https://a")
    refused = replace(unchanged, refused=(refusal,))
    assert (refused.verdict, refused.passed) == ("refused", False)
