"""The CDK in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.pipeline.synth import InThisProcess, Stacks
from catalog_platform.pipeline.synthesis_process import SynthesisProcess
from support.models import a_manifest
from support.synthesis import stub_bundles

pytestmark = pytest.mark.synth

SECONDS = 60


@pytest.fixture
def synthesis() -> Iterator[SynthesisProcess]:
    """A process that is replaced after two syntheses."""
    found = SynthesisProcess(2)
    yield found
    found.stop()
    assert running() == []


@pytest.fixture
def stacks(tmp_path: Path) -> Stacks:
    return {"sample": (a_manifest(), stub_bundles(tmp_path / "bundles"))}


def running() -> list[psutil.Process]:
    """Return the processes of the CDK that this one has started."""
    return [each for each in psutil.Process().children() if is_synthesis(each)]


def is_synthesis(started: psutil.Process) -> bool:
    try:
        return "catalog_platform.pipeline.synthesis_process" in started.cmdline()
    except psutil.Error:
        return False


def contents(assembly: Path) -> dict[str, bytes]:
    """Return the files that tell what is deployed."""
    return {path.name: path.read_bytes() for path in assembly.glob("*.json")}


def wait_for(pid: int) -> None:
    """Wait until another process than `pid` is the only one."""
    deadline = time.monotonic() + SECONDS
    while [each.pid for each in running()] in ([], [pid]) or len(running()) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_writes_the_same_assembly_and_is_replaced_when_it_has_grown(
    synthesis: SynthesisProcess, stacks: Stacks, tmp_path: Path
) -> None:
    expected = contents(InThisProcess()(stacks, tmp_path / "here"))
    for number in range(2):
        out = synthesis(stacks, tmp_path / f"there-{number}")
        assert contents(out) == expected
        (first,) = running()
        if not number:
            synthesis.renew()
            assert running() == [first]  # it has not synthesised often enough
    synthesis.renew()
    synthesis.renew()
    assert len(running()) == 2
    # The new one is not waited for.
    assert contents(synthesis(stacks, tmp_path / "meanwhile")) == expected
    wait_for(first.pid)
    (second,) = running()
    assert second.pid != first.pid
    assert contents(synthesis(stacks, tmp_path / "after")) == expected
    assert running() == [second]


def test_its_errors_are_raised_here(
    synthesis: SynthesisProcess, stacks: Stacks, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("dear reader\n")
    raised = []
    for each in (InThisProcess(), synthesis):
        with pytest.raises(PlatformError) as caught:
            each(stacks, tmp_path / "out")
        raised.append((caught.value.message, caught.value.hint))
    assert raised[0] == raised[1]
    assert "is not a cloud assembly" in raised[0][0]


def test_a_process_that_ends_is_an_error_once(
    synthesis: SynthesisProcess, stacks: Stacks, tmp_path: Path
) -> None:
    synthesis.prepare()
    (started,) = running()
    started.kill()
    with pytest.raises(ToolError, match="ended without an answer"):
        synthesis(stacks, tmp_path / "first")
    assert (synthesis(stacks, tmp_path / "next") / "manifest.json").is_file()


def test_it_can_be_stopped_while_it_is_replaced(stacks: Stacks, tmp_path: Path) -> None:
    found = SynthesisProcess(1)
    found(stacks, tmp_path / "out")
    found.renew()
    assert len(running()) == 2
    found.stop()
    assert running() == []
