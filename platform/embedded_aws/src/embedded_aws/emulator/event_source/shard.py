"""One shard of an event source: the assignment of records to lanes, and the checkpoints.

Child shards wait for their parents, so that records of one key stay in order:
https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from embedded_aws.emulator.event_source.lane import Lane
from embedded_aws.emulator.event_source.model import Record

# Before any record: the position of TRIM_HORIZON.
BEGINNING = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """The parents of a shard, and whether it is closed."""

    parents: tuple[str, ...]
    closed: bool


class Shard:
    """The reader of one shard; a position is the last processed sequence number."""

    def __init__(self, positions: Sequence[int]) -> None:
        self.position = min(positions)
        self.lanes = [Lane(position) for position in positions]

    @classmethod
    def restore(cls, positions: Sequence[int], lanes: int) -> Shard:
        """Continue from stored positions; if the number of lanes changed, from the lowest one."""
        if len(positions) == lanes:
            return cls(positions)
        return cls([min(positions)] * lanes)

    @property
    def pending(self) -> bool:
        """Return whether any record that was read is unprocessed."""
        return any(lane.pending for lane in self.lanes)

    @property
    def busy(self) -> bool:
        """Return whether any batch is in flight."""
        return any(lane.busy for lane in self.lanes)

    @property
    def waiting(self) -> int:
        """Return how many records were read and are in no batch yet."""
        return sum(lane.waiting for lane in self.lanes)

    def add(self, records: Iterable[Record], now: float) -> None:
        """Assign records after `position` to their lanes; skip those that a lane has processed."""
        for record in records:
            self.position = record.sequence
            lane = self.lanes[lane_of(record.key, len(self.lanes))]
            if record.sequence > lane.done:
                lane.add((record,), now)

    def skip_to(self, sequence: int) -> None:
        """Advance over records that the mapping's filters reject."""
        self.position = max(self.position, sequence)

    def positions(self) -> list[int]:
        """Return the checkpoint of each lane: the sequence number up to which it is done."""
        return [lane.done if lane.pending else self.position for lane in self.lanes]


def lane_of(key: str, lanes: int) -> int:
    """Return the lane of a partition key: one key always has the same lane, hence its order."""
    if lanes == 1:
        return 0
    digest = hashlib.md5(key.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "big") % lanes


def readable(shards: Mapping[str, Origin], finished: Set[str]) -> list[str]:
    """Return the shards whose parents are finished or have expired."""
    return [
        name
        for name, origin in shards.items()
        if name not in finished
        and all(parent in finished or parent not in shards for parent in origin.parents)
    ]


def start(shards: Mapping[str, Origin], tails: Mapping[str, int], position: str) -> dict[str, int]:
    """Return where each existing shard starts: at its beginning, or after its last record.

    A shard that appears later is always read from its beginning.
    """
    if position == "LATEST":
        return {name: tails[name] for name in shards}
    return dict.fromkeys(shards, BEGINNING)
