"""The progress of one mapping from a stream to a function."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from embedded_aws.emulator.event_source import shard as shards
from embedded_aws.emulator.event_source import stream as streams
from embedded_aws.emulator.event_source.lane import Lane
from embedded_aws.emulator.event_source.model import Discard, Invoke, Rules, Wait
from embedded_aws.emulator.event_source.shard import Origin, Shard

# Records read ahead per shard, so that batches can be full.
READ_AHEAD = 20_000


@dataclass(frozen=True, slots=True)
class Job:
    """A blocking step, and the lane that waits for it."""

    shard: str
    lane: Lane
    step: Invoke | Discard


@dataclass(slots=True)
class Progress:
    """The shards of a mapping; `starts` has the positions of shards that were not read yet."""

    starts: dict[str, list[int]] = field(default_factory=dict)
    shards: dict[str, Shard] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)

    @classmethod
    def start_at(
        cls, stream: Mapping[str, Any], position: str, timestamp: float | None
    ) -> Progress:
        """Fix the start position of a new mapping, before it is reported as enabled."""
        if position == "AT_TIMESTAMP" and timestamp is not None:
            found = streams.before(stream, timestamp)
        else:
            found = shards.start(streams.origins(stream), streams.tails(stream), position)
        return cls({name: [start] for name, start in found.items()})

    @classmethod
    def restore(cls, stored: Mapping[str, Any]) -> Progress:
        """Continue from stored positions, in the form of `positions`."""
        return cls(starts=dict(stored["shards"]), finished=set(stored["finished"]))

    def positions(self) -> dict[str, Any]:
        """Return the checkpoints to store."""
        read = {name: shard.positions() for name, shard in self.shards.items()}
        return {"shards": {**self.starts, **read}, "finished": sorted(self.finished)}

    def done(self, shard: str) -> float:
        """Return the sequence number up to which a shard is processed; 0 for nothing."""
        if shard in self.finished:
            return math.inf
        positions: list[int] = self.positions()["shards"].get(shard, [0])
        return min(positions)

    @property
    def busy(self) -> bool:
        """Return whether any batch is in flight."""
        return any(shard.busy for shard in self.shards.values())

    def oldest(self) -> float | None:
        """Return the arrival time of the oldest unprocessed record that was read."""
        found = [lane.oldest() for shard in self.shards.values() for lane in shard.lanes]
        return min((timestamp for timestamp in found if timestamp is not None), default=None)

    def advance(
        self, stream: Mapping[str, Any], mapping: Mapping[str, Any], role: str, now: float
    ) -> Iterator[Job | Wait]:
        """Read new records and yield the next step of each lane."""
        rules = Rules.of(mapping)
        origins = streams.origins(stream)
        self._remove_missing_shards(origins)
        for name in shards.readable(origins, self.finished):
            shard = self._shard(name, rules.lanes)
            if len(shard.lanes) == rules.lanes and shard.waiting < READ_AHEAD:
                records, position = streams.read(stream, name, shard.position, mapping, role)
                shard.add(records, now)
                shard.skip_to(position)
            if (
                origins[name].closed
                and not shard.pending
                and shard.position >= streams.tails(stream)[name]
            ):
                self.finished.add(name)
                del self.shards[name]
                continue
            for lane in shard.lanes:
                step = lane.next(rules, now)
                yield step if isinstance(step, Wait) else Job(name, lane, step)

    def _shard(self, name: str, lanes: int) -> Shard:
        shard = self.shards.get(name)
        if shard is None:
            # A shard that appears later is read from its beginning.
            positions = self.starts.pop(name, [shards.BEGINNING])
            shard = self.shards[name] = Shard.restore(positions, lanes)
        elif len(shard.lanes) != lanes and not shard.pending:
            shard = self.shards[name] = Shard.restore(shard.positions(), lanes)
        return shard

    def _remove_missing_shards(self, origins: Mapping[str, Origin]) -> None:
        """Remove shards that the stream no longer has, except busy ones."""
        for name in [n for n, s in self.shards.items() if n not in origins and not s.busy]:
            del self.shards[name]
        for name in self.starts.keys() - origins.keys():
            del self.starts[name]
        self.finished &= origins.keys()
