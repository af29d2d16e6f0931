"""A stack on disk never has a resource that is not on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws.emulator.state_files import STACKS, StateFiles

States = dict[str, Callable[[], Any]]


class Disk:
    """What was written, oldest first; refuses the service `full`."""

    def __init__(self) -> None:
        self.written: list[tuple[str, Any]] = []
        self.full = ""
        self.is_stopped = False
        self.files = StateFiles(self.write, str, lambda: self.is_stopped)

    def write(self, name: str, text: str) -> None:
        if name == self.full:
            raise OSError("disk full")
        self.written.append((name, json.loads(text)))


@pytest.fixture
def disk() -> Disk:
    return Disk()


def test_stacks_are_written_last(disk: Disk) -> None:
    states: States = {STACKS: lambda: ["stack"], "sqs": lambda: ["queue"], "sns": lambda: ["topic"]}
    assert disk.files.store_all(states)
    assert disk.written == [("sqs", ["queue"]), ("sns", ["topic"]), (STACKS, ["stack"])]


def test_stacks_are_written_as_they_were_before_their_resources(disk: Disk) -> None:
    resources: list[str] = ["first"]

    def queues() -> list[str]:
        resources.append("second")
        return list(resources)

    assert disk.files.store_all({STACKS: lambda: list(resources), "sqs": queues})
    assert disk.written == [("sqs", ["first", "second"]), (STACKS, ["first"])]


def test_stacks_wait_for_a_service_that_changes_while_it_is_serialised(disk: Disk) -> None:
    def changing() -> list[str]:
        raise RuntimeError("dictionary changed size during iteration")

    assert disk.files.store_all({STACKS: lambda: ["stack"], "sqs": changing})
    assert disk.written == []
    assert disk.files.store("sqs", changing) is None
    assert disk.files.store_all({STACKS: lambda: ["stack"], "sqs": list})
    assert disk.written == [("sqs", []), (STACKS, ["stack"])]


@pytest.mark.parametrize("full", ["sqs", STACKS])
def test_a_full_disk_is_reported_until_it_accepts_the_state(disk: Disk, full: str) -> None:
    states: States = {STACKS: lambda: ["stack"], "sqs": lambda: ["queue"]}
    disk.full = full
    assert not disk.files.store_all(states)
    assert (STACKS, ["stack"]) not in disk.written
    disk.full = ""
    assert disk.files.store_all(states)
    assert disk.written == [("sqs", ["queue"]), (STACKS, ["stack"])]


def test_a_state_is_written_once_and_nothing_after_the_end(disk: Disk) -> None:
    states: States = {STACKS: lambda: None, "sqs": lambda: ["queue"]}
    for _ in range(2):
        disk.files.store_all(states)
    disk.is_stopped = True
    assert disk.files.store_all({STACKS: lambda: ["stack"], "sqs": lambda: ["other"]})
    assert disk.written == [("sqs", ["queue"])]
