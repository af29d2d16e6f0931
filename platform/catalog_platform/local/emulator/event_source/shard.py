"""One shard of an event source: which record goes to which lane, and what is safe to forget.

Shards that came out of a split or a merge wait for their parents, so that the updates of one key
stay in order: https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from catalog_platform.local.emulator.event_source.lane import Lane
from catalog_platform.local.emulator.event_source.model import Record

# Before any record: where TRIM_HORIZON starts.
BEGINNING = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a shard comes from, and whether it still takes records."""

    parents: tuple[str, ...]
    closed: bool


class Shard:
    """The reader of one shard; positions are sequence numbers up to which all is done."""

    def __init__(self, positions: Sequence[int]) -> None:
        self.position = min(positions)
        self.lanes = [Lane(position) for position in positions]

    @classmethod
    def restore(cls, positions: Sequence[int], lanes: int) -> Shard:
        """Go on from stored positions; with another number of lanes, from the least of them."""
        if len(positions) == lanes:
            return cls(positions)
        return cls([min(positions)] * lanes)

    @property
    def pending(self) -> bool:
        """Whether any record that was read is not done."""
        return any(lane.pending for lane in self.lanes)

    @property
    def busy(self) -> bool:
        """Whether any batch is under way."""
        return any(lane.busy for lane in self.lanes)

    @property
    def waiting(self) -> int:
        """How many records were read and are in no batch yet."""
        return sum(lane.waiting for lane in self.lanes)

    def add(self, records: Iterable[Record], now: float) -> None:
        """Hand records that follow `position` to their lanes, skipping what a lane has done."""
        for record in records:
            self.position = record.sequence
            lane = self.lanes[lane_of(record.key, len(self.lanes))]
            if record.sequence > lane.done:
                lane.add((record,), now)

    def skip_to(self, sequence: int) -> None:
        """Records up to here were read and concern nobody."""
        self.position = max(self.position, sequence)

    def positions(self) -> list[int]:
        """What to store: per lane, the sequence number up to which everything is done."""
        return [lane.done if lane.pending else self.position for lane in self.lanes]


def lane_of(key: str, lanes: int) -> int:
    """The lane of a partition key: the same key, the same lane, hence the same order."""
    if lanes == 1:
        return 0
    digest = hashlib.md5(key.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "big") % lanes


def readable(shards: Mapping[str, Origin], finished: Set[str]) -> list[str]:
    """The shards whose parents are finished, or gone with their records."""
    return [
        name
        for name, origin in shards.items()
        if name not in finished
        and all(parent in finished or parent not in shards for parent in origin.parents)
    ]


def start(shards: Mapping[str, Origin], tails: Mapping[str, int], position: str) -> dict[str, int]:
    """Where each shard that exists now starts: at its beginning, or after its last record.

    A shard that appears later is always read from its beginning, whatever the position is.
    """
    if position == "LATEST":
        return {name: tails[name] for name in shards}
    return dict.fromkeys(shards, BEGINNING)
