"""The cache, as a single server and as a cluster: real servers fail behind real limits."""

from __future__ import annotations

from catalog_runtime.reaction import Reaction
from support.failure_matrix import CACHE, CACHE_CLUSTER, FAILURES, Cell

STORES = (CACHE, CACHE_CLUSTER)
SINGLE = "tests/functions/failures/test_cache_single.py"
CLUSTER = "tests/functions/failures/test_cache_cluster.py"
CHANGES = "tests/functions/failures/test_cache_cluster_changes.py"
MARKS = "tests/functions/inventory_processor/test_cache_marks.py"
BOTH = ("processor", "reader")
GOES_ON = (
    "After 3 s (processor) or 1 s (reader) at most, the processor marks the articles as stale, "
    "CacheFailures is 1, BatchFailures 0, and a later batch writes them; the reader asks the "
    "database, ReaderCacheFailures is 1, and does not use the cache for 5 s."
)
WAITS = "Both wait, up to the same limits."
REFUSED = (
    "As when it is unavailable; the secret is fetched once more, and while it does not "
    "change after 1, "
    "2, 4 … 60 s."
)
FOLLOWED = (
    "The secret is fetched again when a server refuses the token; a server of a cluster that still "
    "has the old token gets that one."
)
FULL = (
    "The processor marks each refused entry as stale, CacheFailures is 1; cached articles "
    "are served, "
    "and filling fails for each article on its own."
)
OVERWRITTEN = "The keys are overwritten: the cache is a copy. Other entries are not affected."
NEXT = "The same commands are sent to the new primary; nothing is marked or sent again."

CELLS = (
    Cell(
        STORES,
        FAILURES,
        ("replayer", "migrator"),
        reason="the function has no connection to the cache",
    ),
    Cell(
        CACHE,
        ("refused", "hung"),
        BOTH,
        GOES_ON,
        Reaction.RETRY,
        f"{SINGLE}::test_a_server_that_is_away_costs_a_bound_time_and_nothing_else",
    ),
    Cell(
        CACHE,
        "slow",
        BOTH,
        WAITS,
        Reaction.RETRY,
        f"{SINGLE}::test_a_slow_server_is_waited_for_within_the_limits",
    ),
    Cell(
        CACHE,
        "wrong password",
        BOTH,
        REFUSED,
        Reaction.REPEAT,
        f"{SINGLE}::test_a_wrong_token_is_no_reason_to_fetch_the_secret_repeatedly",
    ),
    Cell(
        CACHE,
        "rotated",
        BOTH,
        FOLLOWED,
        Reaction.REPEAT,
        f"{SINGLE}::test_a_token_that_was_rotated_is_followed_on_new_and_on_existing_connections",
    ),
    Cell(
        CACHE,
        "read-only",
        BOTH,
        "Both connect once more, since the name may lead to the new primary by now; if not, the "
        "processor marks the articles as stale, and the reader serves cached articles.",
        Reaction.REPEAT,
        f"{SINGLE}::test_a_server_that_stays_read_only_is_read_and_noted_as_stale",
    ),
    Cell(
        CACHE,
        "full",
        BOTH,
        FULL,
        Reaction.DEGRADE,
        f"{SINGLE}::test_a_full_server_that_evicts_nothing_is_read_and_noted_as_stale",
    ),
    Cell(
        CACHE,
        "failover in the middle",
        BOTH,
        NEXT,
        Reaction.REPEAT,
        f"{SINGLE}::test_a_replica_takes_over_behind_the_same_name",
    ),
    Cell(CACHE, "half of the cluster away", BOTH, reason="a single server has no parts"),
    Cell(
        CACHE,
        "eviction",
        "processor",
        "The marker is set again; nothing is sent again, because a server that is more than half "
        "full has not lost its content.",
        None,
        f"{MARKS}::test_a_server_that_evicts_is_not_sent_the_catalog_repeatedly",
    ),
    Cell(
        STORES,
        "eviction",
        "reader",
        "An article of which one of two hashes is missing is read from the database and filled.",
        None,
        "tests/functions/catalog_reader/test_cache.py"
        "::test_an_article_of_which_one_half_was_evicted_is_not_complete",
    ),
    Cell(
        CACHE,
        "wrong type",
        BOTH,
        OVERWRITTEN,
        Reaction.DEGRADE,
        f"{SINGLE}::test_keys_of_wrong_types_are_overwritten_and_do_not_block_others",
    ),
    Cell(
        CACHE_CLUSTER,
        ("refused", "hung"),
        BOTH,
        GOES_ON,
        Reaction.RETRY,
        f"{CLUSTER}::test_without_any_server_batches_are_done_and_the_database_answers",
    ),
    Cell(
        CACHE_CLUSTER,
        "slow",
        BOTH,
        WAITS,
        Reaction.RETRY,
        f"{CLUSTER}::test_a_slow_network_is_waited_for_within_the_limits",
    ),
    Cell(
        CACHE_CLUSTER,
        "wrong password",
        BOTH,
        REFUSED,
        Reaction.REPEAT,
        f"{CLUSTER}::test_a_wrong_token_is_fetched_again_but_not_repeatedly",
    ),
    Cell(
        CACHE_CLUSTER,
        "rotated",
        BOTH,
        FOLLOWED,
        Reaction.REPEAT,
        f"{CHANGES}::test_a_token_that_is_rotated_server_by_server_is_followed",
    ),
    Cell(
        CACHE_CLUSTER,
        "read-only",
        BOTH,
        "A demoted primary redirects to its successor. " + NEXT,
        Reaction.REPEAT,
        f"{CHANGES}::test_a_replica_takes_over_without_a_batch_that_fails",
    ),
    Cell(
        CACHE_CLUSTER,
        "full",
        BOTH,
        FULL,
        Reaction.DEGRADE,
        f"{CLUSTER}::test_a_full_cluster_that_evicts_nothing_refuses_entries_one_by_one",
    ),
    Cell(
        CACHE_CLUSTER,
        "failover in the middle",
        BOTH,
        "Until a replica has taken over, the articles of that shard alone are marked as stale and "
        "read from the database.",
        Reaction.RETRY,
        f"{CHANGES}::test_a_primary_that_dies_costs_its_articles_until_a_replica_takes_over",
    ),
    Cell(
        CACHE_CLUSTER,
        "half of the cluster away",
        BOTH,
        "The articles of the other servers are written and read; those of the missing ones are "
        "marked as stale and read from the database. A failed server is not used for 5 s.",
        Reaction.RETRY,
        f"{CLUSTER}::test_without_most_servers_the_articles_of_the_others_are_written_and_read",
    ),
    Cell(
        CACHE_CLUSTER,
        "eviction",
        "processor",
        "As on a single server, with separate markers for each primary.",
        None,
        f"{CHANGES}::test_a_primary_that_evicts_is_not_taken_for_one_that_lost_its_content",
    ),
    Cell(
        CACHE_CLUSTER,
        "wrong type",
        BOTH,
        OVERWRITTEN,
        Reaction.DEGRADE,
        f"{CLUSTER}::test_keys_of_wrong_types_in_a_cluster_are_overwritten",
    ),
)
