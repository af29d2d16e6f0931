"""The published schema against the processor; `benchmarks/contract.py` does the same for long."""

from __future__ import annotations

import pytest

from catalog_runtime.database import Database
from support.agreement import agree, agree_in_stores
from support.servers import Server


def test_processor_and_schema_agree_on_every_event() -> None:
    figures = agree(40, repeatable=True)

    print(figures)
    assert figures.accepted > 50
    assert figures.refused > 50


@pytest.mark.e2e
def test_what_the_schema_accepts_is_stored_as_it_is_in_every_store(
    schema: Server, database: Database, empty_cache: Server
) -> None:
    figures = agree_in_stores(12, schema, database, empty_cache, repeatable=True)

    print(figures)
    assert figures.stored > 20
