"""The rules about functions agree with the functions' code and their libraries."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from catalog_platform.errors import ToolError
from catalog_platform.manifest.checks import processor as rules
from catalog_platform.manifest.checks.processor import MINIMUM_TIMEOUT_SECONDS, PROCESSING_SECONDS
from catalog_platform.model import Processor as Section
from catalog_platform.packaging import BuildTarget, build
from catalog_platform.workspace import Toolchain, Workspace
from catalog_runtime.metrics import Metrics
from inventory_processor import kinesis
from inventory_processor import processor as code
from inventory_processor.ports import Applied
from support.events import kinesis_event, stock_level
from support.models import a_manifest

SECRET_SECONDS = 6
RUNTIMES = get_args(get_type_hints(Section)["runtime"])
ARCHITECTURES = get_args(get_type_hints(Section)["architecture"])
# What the rule refuses, and its neighbours; tests of packaging build for the newest runtime.
BOUNDARY = {("python3.11", "arm64"), ("python3.12", "arm64"), ("python3.11", "x86_64")}


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("runtime", "architecture"),
    [
        pytest.param(*chosen, marks=() if chosen in BOUNDARY else pytest.mark.exhaustive)
        for chosen in itertools.product(RUNTIMES, ARCHITECTURES)
    ],
)
def test_the_rule_refuses_exactly_the_bundles_that_cannot_be_built(
    runtime: str, architecture: Any, repository: Workspace, tmp_path: Path
) -> None:
    chosen = {"runtime": runtime, "architecture": architecture}
    refused = [*rules.libraries_run_on_the_runtime(a_manifest(processor=chosen))]
    target = BuildTarget(runtime.removeprefix("python"), architecture)
    try:
        build(
            repository.functions / "inventory_processor",
            target,
            tmp_path,
            Toolchain.installed().uv,
        )
        hint = ""
    except ToolError as error:
        hint = error.hint
    assert ("has no wheel for" in hint) == bool(refused)


def test_the_rule_does_not_apply_to_the_embedded_aws() -> None:
    manifest = a_manifest(
        processor={"runtime": "python3.11", "architecture": "arm64"}, release={"target": "embedded"}
    )
    assert [*rules.libraries_run_on_the_runtime(manifest)] == []


class SequentialExecutor(Executor):
    """Runs background work immediately, but accounts its simulated time as parallel."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        before = self._clock.now
        future: Future[Any] = Future()
        future.set_result(work(*given, **named))
        self._clock.background_until = max(self._clock.background_until, self._clock.now)
        self._clock.now = before
        return future


@dataclass
class Clock:
    """A simulated clock; every store takes its longest time."""

    now: float = 0
    background_until: float = 0

    def apply(self, _decision: object) -> Applied:
        self.now += SECRET_SECONDS + code.DATABASE_SECONDS
        return Applied(1, [], has_stale=False)

    def write(self, entries: Sequence[object]) -> int:
        self.now += code.CACHE_SECONDS
        return len(entries)

    def is_cold(self) -> bool:
        return False

    def pack(self, events: Sequence[object]) -> Sequence[object]:
        return events

    def store(self, _items: object) -> None:
        self.now += code.ARCHIVE_SECONDS


class DeadLetters:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def store(self, _malformed: object) -> None:
        clock = self._clock
        clock.now = max(clock.now, clock.background_until) + code.DEAD_LETTERS_SECONDS


def run_for(timeout: float) -> tuple[str | None, float]:
    """Return outcome and end time of the slowest possible batch."""
    clock = Clock(now=PROCESSING_SECONDS)
    doubles: Any = clock
    processor = code.Processor(
        doubles, doubles, doubles, DeadLetters(clock), Metrics("test"), SequentialExecutor(clock)
    )
    batch = kinesis.read(kinesis_event([stock_level(), b"not an event"]))
    outcome = processor.process(batch, lambda: timeout - max(clock.now, clock.background_until))
    return outcome, clock.now


def test_the_slowest_batch_needs_exactly_the_minimum_timeout() -> None:
    outcome, ended = run_for(MINIMUM_TIMEOUT_SECONDS)
    assert outcome is None
    assert ended == MINIMUM_TIMEOUT_SECONDS
    outcome, _ = run_for(MINIMUM_TIMEOUT_SECONDS - 1)
    assert outcome is not None
