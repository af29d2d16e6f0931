"""Laws of a replay: all that is selected goes to the stream, once, and nothing else does."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from failure_replayer.dead_letters import DeadLetter
from failure_replayer.replayer import MOST_BYTES, MOST_RECORDS, chunks
from support.cloud import unreachable
from support.dead_letters import ARRIVAL, BUCKET, failed_batch, malformed
from support.events import SHARD, sequence
from support.replays import World

REASONS = ("unknown-version", "not-json", "invalid-field")


batches = st.lists(
    st.tuples(
        st.sampled_from([*REASONS, "RetryAttemptsExhausted"]),
        st.lists(st.binary(max_size=20), min_size=1, max_size=4),
    ),
    max_size=5,
)


def filled(found: list[tuple[str, list[bytes]]]) -> World:
    world, start = World(), 0
    for reason, payloads in found:
        if reason in REASONS:
            malformed(world.s3, *payloads, reason=reason, start=start)
        else:
            failed_batch(world.s3, *payloads, start=start)
        start += len(payloads)
    return world


def payloads_of(found: list[tuple[str, list[bytes]]], reasons: set[str]) -> list[bytes]:
    return sorted(
        payload
        for reason, payloads in found
        if not reasons or reason in reasons
        for payload in payloads
    )


@given(batches, st.sets(st.sampled_from(REASONS)), st.integers(0, 3))
def test_everything_selected_is_put_once_however_often_it_is_asked_for(
    found: list[tuple[str, list[bytes]]], reasons: set[str], times: int
) -> None:
    world = filled(found)
    expected = payloads_of(found, reasons)
    plan = world.run(dry_run=True, reasons=sorted(reasons))
    assert world.kinesis.records == []

    first = world.run(reasons=sorted(reasons))
    for _ in range(times):
        again = world.run(reasons=sorted(reasons))
        assert (again.replayed, again.already) == (0, len(expected))

    assert plan.replayed == first.replayed == len(expected)
    assert sorted(world.kinesis.payloads) == expected


@given(batches, st.lists(st.sampled_from(REASONS), max_size=3))
def test_filtered_runs_and_one_over_all_leave_nothing_and_double_nothing(
    found: list[tuple[str, list[bytes]]], order: list[str]
) -> None:
    world = filled(found)
    for reason in order:
        world.run(reasons=[reason])

    report = world.run()

    assert sorted(world.kinesis.payloads) == payloads_of(found, set())
    assert report.selected == report.already + report.replayed


def test_time_is_that_of_arrival_and_includes_its_start_but_not_its_end(world: World) -> None:
    malformed(world.s3, b"0", b"1", b"2", b"3")
    since, until = ARRIVAL + timedelta(seconds=1), ARRIVAL + timedelta(seconds=3)

    report = world.run(since=since.isoformat(), until=until.isoformat())

    assert world.kinesis.payloads == [b"1", b"2"]
    assert (report.found, report.selected) == (4, 2)
    assert (report.oldest, report.newest) == (since, until - timedelta(seconds=1))


def test_a_record_that_lies_in_two_objects_is_put_once(world: World) -> None:
    malformed(world.s3, b"a", b"b")
    failed_batch(world.s3, b"a", b"b")

    report = world.run()

    assert (report.selected, report.replayed, report.repeated) == (4, 2, 2)
    assert world.kinesis.payloads == [b"a", b"b"]
    assert world.run().replayed == 0


def test_a_dry_run_writes_nothing(world: World) -> None:
    malformed(world.s3, b"a")
    before = dict(world.s3.objects)

    report = world.run(dry_run=True)

    assert report.replayed == 1
    assert report.reasons["unknown-version"].selected == 1
    assert world.s3.objects == before


def test_the_replay_log_is_in_the_same_bucket_and_has_the_new_positions(world: World) -> None:
    key = malformed(world.s3, b"a", b"b")
    world.run()

    (entry,) = world.s3.keys("replayed/")

    assert entry == f"replayed/{key}/{SHARD}-9000.jsonl.gz"
    lines = [line for line in world.s3.lines(BUCKET) if "replayed_as" in line]
    assert lines == [
        {"identity": f"{SHARD}:{sequence(n)}", "replayed_as": f"{SHARD}:{9000 + n}"}
        for n in range(2)
    ]


def test_what_the_stream_has_no_room_for_is_left_for_the_next_run(world: World) -> None:
    malformed(world.s3, b"a", b"b", b"c")
    world.kinesis.room = 2

    report = world.run()
    assert report.replayed == 2
    assert report.failure == "the stream did not take 1 of 3 records"

    world.kinesis.room = None
    assert world.run().replayed == 1
    assert world.kinesis.payloads == [b"a", b"b", b"c"]


def test_a_stream_that_is_away_fails_the_run_and_not_the_next(world: World) -> None:
    malformed(world.s3, b"a")
    world.kinesis.failure = unreachable("kinesis")

    report = world.run()
    assert report.replayed == 0
    assert report.failure is not None
    assert "kinesis" in report.failure

    world.kinesis.failure = None
    assert world.run().replayed == 1


def test_dead_letters_whose_replay_record_was_lost_are_put_again(world: World) -> None:
    malformed(world.s3, b"a")
    world.run()
    (entry,) = world.s3.keys("replayed/")
    del world.s3.objects[BUCKET, entry]

    assert world.run().replayed == 1


def test_an_invalid_object_is_reported_and_the_others_continue(world: World) -> None:
    world.s3.objects[BUCKET, "malformed/2026/09/21/a"] = b"garbage"
    malformed(world.s3, b"a")

    report = world.run()

    assert (report.unreadable, report.replayed) == (1, 1)
    assert report.causes[0].key == "malformed/2026/09/21/a"
    assert report.causes[0].cause == "line 1: not JSON in UTF-8"


def test_records_that_are_only_named_are_read_from_the_stream_again(world: World) -> None:
    world.on_stream(b"a", b"b", b"c", b"d", b"e")
    world.named("9001", "9003", 3)

    report = world.run()

    assert world.kinesis.payloads[5:] == [b"b", b"c", b"d"]
    assert (report.replayed, report.missing) == (3, 0)
    assert world.run().replayed == 0


def test_records_that_have_left_the_stream_are_missing(world: World) -> None:
    failed_batch(world.s3, b"?", b"?", with_payload=False)

    assert world.run(dry_run=True).missing == 2


def test_a_range_is_replayed_once_even_when_asked_for_in_two_cuts(world: World) -> None:
    world.on_stream(b"a", b"b", b"c")

    def span(first: str, last: str) -> dict[str, str]:
        return {"shard_id": SHARD, "first": first, "last": last}

    assert world.run(span=span("9000", "9001")).replayed == 2
    report = world.run(span=span("9001", "9002"))

    assert (report.replayed, report.already) == (1, 1)
    assert world.kinesis.payloads == [b"a", b"b", b"c", b"a", b"b", b"c"]


@given(st.lists(st.integers(0, 1_000_000), max_size=1200))
def test_portions_keep_the_order_and_fit_into_a_call(sizes: list[int]) -> None:
    empty = bytes(1_000_000)
    dead_letters = [
        DeadLetter(str(number), "r", ARRIVAL, "key", empty[:size])
        for number, size in enumerate(sizes)
    ]

    found = list(chunks(dead_letters))

    assert [dead_letter for chunk in found for dead_letter in chunk] == dead_letters
    assert all(0 < len(chunk) <= MOST_RECORDS for chunk in found)
    assert all(sum(len(each.data or b"") for each in chunk) <= MOST_BYTES for chunk in found)
