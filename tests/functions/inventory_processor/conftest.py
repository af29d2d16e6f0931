"""A processor among stand-ins, fresh for each test."""

from __future__ import annotations

import pytest

from support.processor_harness import ProcessorHarness


@pytest.fixture
def around(capsys: pytest.CaptureFixture[str]) -> ProcessorHarness:
    """What the processor prints is caught."""
    return ProcessorHarness(capsys)
