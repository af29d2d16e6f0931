"""PostgreSQL, and the RDS Proxy that may stand before it.

No proxy runs here: a TCP forwarder stands for it, and every test below goes through one.
"""

from __future__ import annotations

from catalog_runtime.reaction import Reaction
from support.failure_matrix import FAILURES, Cell

STORES = ("PostgreSQL", "proxy")
HERE = "tests/functions/failures"
PROCESSOR, READER, MIGRATOR = (
    f"{HERE}/test_{name}.py" for name in ("postgresql", "reader", "migrator")
)
DATABASE = "tests/functions/runtime/test_database.py"
BATCH_FAILS = "The batch fails from its first record, BatchFailures is 1, "
SOURCE_ERROR = "The database counts as unavailable (stale copies are served, the rest is 503) "
DEPLOYMENT_FAILS = "CloudFormation gets FAILED with the error, "
NEXT_GOES_ON = "and the next deployment continues."

CELLS = (
    Cell(
        STORES,
        "refused",
        "processor",
        BATCH_FAILS + "and it succeeds once the server is back.",
        Reaction.RETRY,
        f"{PROCESSOR}::test_a_database_that_refuses_connections_fails_the_batch_until_it_is_back",
    ),
    Cell(
        STORES,
        "hung",
        "processor",
        BATCH_FAILS + "within 22 s; a connection that does not answer is replaced after 9 s.",
        Reaction.RETRY,
        f"{PROCESSOR}::test_a_database_that_stops_answering_fails_the_batch_in_bounded_time",
    ),
    Cell(
        STORES,
        "slow",
        "processor",
        BATCH_FAILS + "when a statement takes longer than 8 s; it is done otherwise.",
        Reaction.RETRY,
        f"{PROCESSOR}::test_a_statement_that_takes_too_long_fails_the_batch",
    ),
    Cell(
        STORES,
        "wrong password",
        "processor",
        BATCH_FAILS + "and each try fetches the secret again.",
        Reaction.RETRY,
        f"{PROCESSOR}::test_a_refused_password_is_asked_for_again_and_fails_the_batch",
    ),
    Cell(
        STORES,
        "rotated",
        ("processor", "reader"),
        "The refused log-in fetches the secret again, and the work is done with the new password.",
        None,
        f"{DATABASE}::test_a_password_that_was_rotated_while_running_is_fetched_again",
    ),
    Cell(
        STORES,
        "read-only",
        "processor",
        BATCH_FAILS + "and its connection is closed, as a new one may reach another server.",
        Reaction.RETRY,
        f"{PROCESSOR}::test_a_read_only_server_fails_the_batch_and_is_left",
    ),
    Cell(
        STORES,
        "full",
        "processor",
        BATCH_FAILS + "whether disk, memory or connections are used up.",
        Reaction.RETRY,
        f"{PROCESSOR}::test_a_server_that_runs_out_of_something_fails_the_batch",
    ),
    Cell(
        STORES,
        "failover in the middle",
        "processor",
        "Batches fail until the standby is promoted; then all is stored, and nothing twice.",
        Reaction.RETRY,
        f"{HERE}/test_failover.py"
        "::test_a_primary_that_dies_in_the_middle_of_a_batch_costs_and_doubles_nothing",
    ),
    Cell(
        STORES,
        "wrong type",
        "processor",
        BATCH_FAILS + "and it succeeds once the schema is right.",
        Reaction.FAIL,
        f"{PROCESSOR}::test_a_column_of_a_wrong_type_fails_the_batch_until_the_schema_is_right",
    ),
    Cell(
        STORES,
        "refused",
        "reader",
        SOURCE_ERROR + "until the server is back.",
        Reaction.RETRY,
        f"{READER}::test_a_database_that_refuses_connections_is_an_error_until_it_is_back",
    ),
    Cell(
        STORES,
        "hung",
        "reader",
        SOURCE_ERROR
        + "after 8 s at most; a connection that does not answer is replaced after 2 s.",
        Reaction.RETRY,
        f"{READER}::test_a_database_that_hangs_is_an_error_in_bounded_time",
    ),
    Cell(
        STORES,
        "slow",
        "reader",
        "The answer comes later, within 2 s for the statement.",
        None,
        f"{READER}::test_a_slow_database_only_takes_longer",
    ),
    Cell(
        STORES,
        "wrong password",
        "reader",
        SOURCE_ERROR + "and each try fetches the secret again.",
        Reaction.RETRY,
        f"{READER}::test_a_refused_password_is_an_error_until_it_is_right",
    ),
    Cell(
        STORES,
        ("read-only", "full"),
        "reader",
        "The reader only reads, and gets its answers.",
        None,
        f"{READER}::test_a_read_only_or_full_database_is_read",
    ),
    Cell(
        STORES,
        "failover in the middle",
        "reader",
        "The query is repeated on a new connection, which leads to the promoted standby.",
        None,
        f"{HERE}/test_failover.py::test_processor_and_reader_go_on_at_a_promoted_standby",
    ),
    Cell(
        STORES,
        "wrong type",
        "reader",
        SOURCE_ERROR + "until the schema is right.",
        Reaction.FAIL,
        f"{READER}::test_a_column_of_a_wrong_type_is_an_error_until_the_schema_is_right",
    ),
    Cell(
        "PostgreSQL",
        "refused",
        "migrator",
        DEPLOYMENT_FAILS + NEXT_GOES_ON,
        Reaction.RETRY,
        f"{MIGRATOR}::test_a_database_that_refuses_connections_fails_the_deployment",
    ),
    Cell(
        "PostgreSQL",
        "hung",
        "migrator",
        DEPLOYMENT_FAILS + "and the work ends before the function's time is over.",
        Reaction.RETRY,
        f"{MIGRATOR}"
        "::test_a_database_that_hangs_in_the_middle_ends_the_work_before_the_time_is_over",
    ),
    Cell(
        "PostgreSQL",
        "slow",
        "migrator",
        "The deployment takes longer.",
        None,
        f"{MIGRATOR}::test_a_slow_database_only_takes_longer",
    ),
    Cell(
        "PostgreSQL",
        "wrong password",
        "migrator",
        DEPLOYMENT_FAILS + NEXT_GOES_ON,
        Reaction.RETRY,
        f"{MIGRATOR}::test_a_wrong_password_fails_the_deployment",
    ),
    Cell(
        "PostgreSQL",
        "rotated",
        "migrator",
        "The refused log-in fetches the secret again, and the schema is migrated.",
        None,
        f"{MIGRATOR}::test_a_password_that_is_rotated_meanwhile_is_fetched_again",
    ),
    Cell(
        "PostgreSQL",
        "read-only",
        "migrator",
        DEPLOYMENT_FAILS + NEXT_GOES_ON,
        Reaction.RETRY,
        f"{MIGRATOR}::test_a_read_only_database_fails_the_deployment",
    ),
    Cell(
        "PostgreSQL",
        "full",
        "migrator",
        DEPLOYMENT_FAILS + NEXT_GOES_ON,
        Reaction.RETRY,
        f"{MIGRATOR}::test_a_full_disk_fails_the_deployment",
    ),
    Cell(
        "PostgreSQL",
        "failover in the middle",
        "migrator",
        DEPLOYMENT_FAILS + "and the next deployment applies the rest.",
        Reaction.RETRY,
        f"{MIGRATOR}::test_a_failover_in_the_middle_fails_the_deployment_and_the_next_one_goes_on",
    ),
    Cell(
        "PostgreSQL",
        "wrong type",
        "migrator",
        DEPLOYMENT_FAILS + NEXT_GOES_ON,
        Reaction.FAIL,
        f"{MIGRATOR}::test_another_table_of_that_name_fails_the_deployment",
    ),
    Cell(
        STORES,
        "half of the cluster away",
        ("processor", "reader"),
        reason="one server takes all writes; without it, there is a failover",
    ),
    Cell(
        "PostgreSQL",
        "half of the cluster away",
        "migrator",
        reason="one server takes all writes; without it, there is a failover",
    ),
    Cell(
        STORES,
        "eviction",
        ("processor", "reader"),
        reason="PostgreSQL keeps what was committed",
    ),
    Cell("PostgreSQL", "eviction", "migrator", reason="PostgreSQL keeps what was committed"),
    Cell("proxy", FAILURES, "migrator", reason="the migrator connects to the instance itself"),
    Cell(STORES, FAILURES, "replayer", reason="the replayer uses no database"),
)
