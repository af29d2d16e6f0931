"""Node.js loads libraries while Python goes on, and a failure is not lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jsii._kernel.types import LoadRequest, StatsRequest

from catalog_platform.infra import nodejs  # noqa: F401 - imports jsii with the right variables
from catalog_platform.infra.jsii_provider import Provider

pytestmark = pytest.mark.synth


@pytest.fixture
def provider() -> Iterator[Provider]:
    started = Provider()
    yield started
    started.stop()


def test_a_library_that_cannot_be_loaded_fails_every_later_call(provider: Provider) -> None:
    provider.load(LoadRequest(name="missing", version="1.0.0", tarball="/missing.tgz"))
    for _ in range(2):
        with pytest.raises(RuntimeError, match=r"missing\.tgz"):
            provider.wait()
        with pytest.raises(RuntimeError, match=r"missing\.tgz"):
            provider.stats(StatsRequest())


def test_calls_are_answered_in_their_order(provider: Provider) -> None:
    provider.wait()
    assert provider.stats(StatsRequest()).objectCount == 0
