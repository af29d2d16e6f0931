"""A processor among stand-ins, fresh for each test."""

from __future__ import annotations

import pytest

from support.surroundings import Surroundings


@pytest.fixture
def around(capsys: pytest.CaptureFixture[str]) -> Surroundings:
    """What the processor prints is caught."""
    return Surroundings(capsys)
