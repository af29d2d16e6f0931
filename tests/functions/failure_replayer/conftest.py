from __future__ import annotations

import pytest

from support.replays import World


@pytest.fixture
def world() -> World:
    """A bucket and a stream without dead letters."""
    return World()
