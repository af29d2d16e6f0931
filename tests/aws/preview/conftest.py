from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog_platform.aws.preview import removal, waiting
from support.stubbed import StubbedSession


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubbedSession]:
    """A session whose queued answers must all be asked for, without waiting between them."""
    for module in (removal, waiting):
        monkeypatch.setattr(module, "POLL_SECONDS", 0.0)
    with StubbedSession("cloudformation", "rds", "s3") as made:
        yield made
