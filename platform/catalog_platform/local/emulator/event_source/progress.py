"""One mapping from a stream to a function: the state of its shards, and its next steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog_platform.local.emulator.event_source import shard as shards
from catalog_platform.local.emulator.event_source import stream as streams
from catalog_platform.local.emulator.event_source.lane import Lane
from catalog_platform.local.emulator.event_source.model import Discard, Invoke, Rules, Wait
from catalog_platform.local.emulator.event_source.shard import Origin, Shard

# Read ahead this many records per shard, so that a full batch is always at hand.
READ_AHEAD = 20_000


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do outside of the loop, and the lane that waits for it."""

    shard: str
    lane: Lane
    step: Invoke | Discard


@dataclass(slots=True)
class Progress:
    """How far a mapping has come; `starts` holds shards that have not been read yet."""

    starts: dict[str, list[int]] = field(default_factory=dict)
    shards: dict[str, Shard] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)

    @classmethod
    def anchor(cls, stream: Mapping[str, Any], position: str, moment: float | None) -> Progress:
        """Fix now where a new mapping starts, before anybody is told that it is enabled."""
        if position == "AT_TIMESTAMP" and moment is not None:
            found = streams.before(stream, moment)
        else:
            found = shards.start(streams.origins(stream), streams.tails(stream), position)
        return cls({name: [start] for name, start in found.items()})

    @classmethod
    def restore(cls, stored: Mapping[str, Any]) -> Progress:
        """Go on from what `stored` holds, in the shape of `positions`."""
        return cls(starts=dict(stored["shards"]), finished=set(stored["finished"]))

    def positions(self) -> dict[str, Any]:
        """What to store."""
        read = {name: shard.positions() for name, shard in self.shards.items()}
        return {"shards": {**self.starts, **read}, "finished": sorted(self.finished)}

    def done(self, shard: str) -> float:
        """The sequence number up to which the mapping is done with a shard; 0: with nothing."""
        if shard in self.finished:
            return math.inf
        positions: list[int] = self.positions()["shards"].get(shard, [0])
        return min(positions)

    @property
    def busy(self) -> bool:
        """Whether any batch is under way."""
        return any(shard.busy for shard in self.shards.values())

    def oldest(self) -> float | None:
        """Arrival of the oldest record that was read and is not done."""
        found = [lane.oldest() for shard in self.shards.values() for lane in shard.lanes]
        return min((moment for moment in found if moment is not None), default=None)

    def advance(
        self, stream: Mapping[str, Any], mapping: Mapping[str, Any], role: str, now: float
    ) -> Iterator[Job | Wait]:
        """Read what is new, and say for each lane what is next."""
        rules = Rules.of(mapping)
        origins = streams.origins(stream)
        self._forget(origins)
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
            # A shard that is born later is read from its beginning.
            positions = self.starts.pop(name, [shards.BEGINNING])
            shard = self.shards[name] = Shard.restore(positions, lanes)
        elif len(shard.lanes) != lanes and not shard.pending:
            shard = self.shards[name] = Shard.restore(shard.positions(), lanes)
        return shard

    def _forget(self, origins: Mapping[str, Origin]) -> None:
        """Drop shards that the stream no longer has, except those still at work."""
        for name in [n for n, s in self.shards.items() if n not in origins and not s.busy]:
            del self.shards[name]
        for name in self.starts.keys() - origins.keys():
            del self.starts[name]
        self.finished &= origins.keys()
