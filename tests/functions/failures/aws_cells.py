"""S3, SQS and Secrets Manager: their clients meet a real HTTP server that fails."""

from __future__ import annotations

from catalog_runtime.reaction import Reaction
from support.failure_matrix import FAILURES, Cell

STORES = ("S3", "SQS", "Secrets Manager")
HERE = "tests/functions/failures"
ARCHIVE = f"{HERE}/test_aws_stores.py::test_a_batch_waits_for_an_archive_that_fails"
QUEUE = (
    f"{HERE}/test_aws_stores.py::test_a_malformed_record_waits_for_a_bucket_or_a_queue_that_fails"
)
REPLAYER = f"{HERE}/test_replayer.py"
SECRETS = f"{HERE}/test_secrets_manager.py"
SECRET = f"{SECRETS}::test_a_secret_that_cannot_be_fetched_is_an_error_of_its_kind"
MIGRATOR = f"{HERE}/test_migrator.py::test_secrets_manager_away_fails_the_deployment"
ARCHIVE_FAILS = "The batch is retried from its first record, BatchFailures is 1, "
QUEUE_FAILS = "The batch is retried from its first malformed record, BatchFailures is 1, "
REPORTED = "The report names the failure and the work done before, "
FETCH_FAILS = "A log-in that needs the secret fails like one at an unavailable database, "
OPEN_CONNECTIONS = "and open connections stay in use."
DEPLOYMENT_FAILS = "CloudFormation gets FAILED with the error."

S3 = (
    Cell(
        "S3",
        "refused",
        "processor",
        ARCHIVE_FAILS + "and the repetition changes nothing in the database.",
        Reaction.RETRY,
        f"{HERE}/test_aws_stores.py::test_no_listener_at_s3_fails_the_batch",
    ),
    Cell(
        "S3",
        ("hung", "failover in the middle", "half of the cluster away"),
        "processor",
        ARCHIVE_FAILS + "after 10 s at most, also when single bytes keep coming.",
        Reaction.RETRY,
        ARCHIVE,
    ),
    Cell(
        "S3",
        "slow",
        "processor",
        "The batch takes longer; one that is throttled for longer than two attempts is retried.",
        None,
        f"{HERE}/test_aws_stores.py::test_a_slow_archive_only_takes_longer",
    ),
    Cell(
        "S3",
        ("wrong password", "read-only", "wrong type"),
        "processor",
        ARCHIVE_FAILS + "until rights, key or bucket are right.",
        Reaction.FAIL,
        ARCHIVE,
    ),
    Cell(
        "S3",
        "rotated",
        "processor",
        ARCHIVE_FAILS + "and the next attempt signs with the credentials that Lambda has renewed.",
        Reaction.RETRY,
        ARCHIVE,
    ),
    Cell(
        "S3",
        ("refused", "slow"),
        "replayer",
        REPORTED + "and the next run replays the rest.",
        Reaction.RETRY,
        f"{REPLAYER}::test_a_step_that_fails_is_reported_and_the_next_run_replays_the_rest",
    ),
    Cell(
        "S3",
        ("hung", "rotated", "failover in the middle", "half of the cluster away"),
        "replayer",
        REPORTED + "after 10 s at most, and the next run replays the rest.",
        Reaction.RETRY,
        f"{REPLAYER}::test_a_bucket_that_fails_never_ends_the_function",
    ),
    Cell(
        "S3",
        ("wrong password", "read-only", "wrong type"),
        "replayer",
        REPORTED + "and the next run replays the rest once rights, key or bucket are right.",
        Reaction.FAIL,
        f"{REPLAYER}::test_a_bucket_that_fails_never_ends_the_function",
    ),
    Cell(
        "S3",
        ("full", "eviction"),
        ("processor", "replayer"),
        reason="S3 has no limit of size, and deletes nothing before its retention is over",
    ),
    Cell("S3", FAILURES, ("reader", "migrator"), reason="they use no bucket"),
)
SQS = (
    Cell(
        "SQS",
        "refused",
        "processor",
        QUEUE_FAILS + "and its object is written again under the same key.",
        Reaction.RETRY,
        f"{HERE}/test_aws_stores.py::test_no_listener_at_sqs_fails_the_batch",
    ),
    Cell(
        "SQS",
        ("hung", "slow", "rotated", "failover in the middle", "half of the cluster away"),
        "processor",
        QUEUE_FAILS + "after 16 s at most; a message whose answer was lost comes twice.",
        Reaction.RETRY,
        QUEUE,
    ),
    Cell(
        "SQS",
        ("wrong password", "read-only", "wrong type"),
        "processor",
        QUEUE_FAILS + "until rights, key or queue are right.",
        Reaction.FAIL,
        QUEUE,
    ),
    Cell(
        "SQS",
        "full",
        "processor",
        "A message stays small however many records are malformed; a queue has no limit.",
        None,
        f"{HERE}/test_aws_stores.py"
        "::test_the_message_about_a_full_batch_of_malformed_records_stays_small",
    ),
    Cell(
        "SQS",
        "eviction",
        "processor",
        reason="messages expire after their retention; the objects that they name stay",
    ),
    Cell("SQS", FAILURES, ("reader", "replayer", "migrator"), reason="they use no queue"),
)
SECRETS_MANAGER = (
    Cell(
        "Secrets Manager",
        ("refused", "hung"),
        ("processor", "reader"),
        FETCH_FAILS + OPEN_CONNECTIONS,
        Reaction.RETRY,
        SECRET,
    ),
    Cell(
        "Secrets Manager",
        "slow",
        ("processor", "reader"),
        "The first log-in takes longer.",
        None,
        f"{SECRETS}::test_a_slow_secret_only_takes_longer",
    ),
    Cell(
        "Secrets Manager",
        ("wrong password", "eviction"),
        ("processor", "reader"),
        FETCH_FAILS + "until rights, key or secret are back; open connections stay in use.",
        Reaction.FAIL,
        SECRET,
    ),
    Cell(
        "Secrets Manager",
        "rotated",
        ("processor", "reader"),
        "A log-in that is refused while the new secret cannot be fetched fails and is retried.",
        Reaction.RETRY,
        f"{SECRETS}::test_a_refused_log_in_without_secrets_manager_is_the_error_and_is_tried_again",
    ),
    Cell(
        "Secrets Manager",
        "failover in the middle",
        ("processor", "reader"),
        "Open connections and the secret that is known stay in use.",
        None,
        f"{SECRETS}::test_a_good_connection_and_a_good_secret_outlive_secrets_manager",
    ),
    Cell(
        "Secrets Manager",
        "wrong type",
        ("processor", "reader"),
        FETCH_FAILS + "and the secret is fetched again each time until its format is valid.",
        Reaction.FAIL,
        f"{SECRETS}::test_a_secret_of_a_wrong_format_is_fetched_again_once_it_is_right",
    ),
    Cell(
        "Secrets Manager",
        ("refused", "hung", "slow", "failover in the middle"),
        "migrator",
        DEPLOYMENT_FAILS,
        Reaction.RETRY,
        MIGRATOR,
    ),
    Cell(
        "Secrets Manager",
        ("wrong password", "eviction"),
        "migrator",
        DEPLOYMENT_FAILS,
        Reaction.FAIL,
        MIGRATOR,
    ),
    Cell(
        "Secrets Manager",
        "rotated",
        "migrator",
        "A rotation that was cancelled by hand is completed by the next one.",
        None,
        "tests/functions/schema_migrator/test_rotation.py"
        "::test_a_rotation_that_was_cancelled_by_hand_after_its_password_was_set_is_corrected_by"
        "_the_next",
    ),
    Cell(
        "Secrets Manager",
        "wrong type",
        "migrator",
        "A rotation stops without showing the secret.",
        Reaction.FAIL,
        "tests/functions/schema_migrator/test_rotation.py"
        "::test_a_secret_of_a_wrong_format_is_refused_without_being_shown",
    ),
    Cell(
        "Secrets Manager",
        ("read-only", "full", "half of the cluster away"),
        ("processor", "reader", "migrator"),
        reason="the functions only read secrets, from a service without visible servers",
    ),
    Cell("Secrets Manager", FAILURES, "replayer", reason="the replayer uses no secret"),
)
CELLS = (*S3, *SQS, *SECRETS_MANAGER)
