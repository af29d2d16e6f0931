"""Races on real connections, at once and after everything was delivered again."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest

from catalog_runtime.database import Database
from inventory_processor.inventory import Change, reduce_batch
from inventory_processor.postgres import PostgresStockStore
from support.concurrent_mergers import ConcurrentMergers
from support.laws import Model, adjustment, level
from support.races import Race, races
from support.servers import Server, connect

pytestmark = pytest.mark.e2e


def stored(server: Server) -> dict[str, dict[tuple[str, str], object]]:
    with connect(server) as connection:
        levels: Any = connection.execute("SELECT sku, warehouse, quantity FROM stock_level")
        facts: Any = connection.execute("SELECT sku, name, value FROM product_fact")
        found: dict[str, dict[tuple[str, str], object]] = {}
        for sku, name, value in [*levels, *facts]:
            found.setdefault(sku, {})[sku, name] = value
    return found


def right(race: Race) -> dict[tuple[str, str], object]:
    model = Model(race.changes)
    return {**model.quantities(), **model.facts()}


def wrong(server: Server, raced: list[Race]) -> list[Race]:
    found = stored(server)
    return [race for race in raced if found[race.changes[0].sku] != right(race)]


def test_a_count_beside_a_lowered_number_is_right_in_every_round(schema: Server) -> None:
    raced = []
    chance = random.Random(1)
    with ConcurrentMergers(schema, 2) as mergers:
        for number in range(200):
            sku = f"sku-{number}"
            late, put = (adjustment(-3, 1, number, "e1", sku) for number in (7, 3))
            raced.append(Race((late,), (((level(50, 1, 5, sku),),), ((put,),))))
            mergers.race(raced[-1])
        assert right(raced[0]) == {("sku-0", "x"): 50}
        assert wrong(schema, raced) == []

        assert sum(mergers.deliver_again(race, chance) for race in raced) == 0
    assert wrong(schema, raced) == []


def test_random_races_with_killed_connections_end_as_the_model(schema: Server) -> None:
    chance = random.Random(2)
    raced = list(races(seed=20_261_126, count=60, workers=4))
    with ConcurrentMergers(schema, 4) as mergers:
        for number, race in enumerate(raced):
            mergers.race(race, kills=number % 3)
        assert wrong(schema, raced) == []
        assert mergers.killed_at_work > 0

        assert sum(mergers.deliver_again(race, chance) for race in raced) == 0
    assert wrong(schema, raced) == []


def test_rivals_that_merge_the_same_events_at_once_count_them_once(
    schema: Server, database: Database
) -> None:
    changes: list[Change] = [adjustment(-1, second, second) for second in range(1, 201)]
    failures: list[Exception] = []
    together = threading.Barrier(4)

    def work(seed: int) -> None:
        rival = Database(database._settings, database._login, application=f"rival-{seed}")
        mixed = changes.copy()
        random.Random(seed).shuffle(mixed)
        try:
            for begin in range(0, 200, 10):
                together.wait(20)
                PostgresStockStore(rival).apply(reduce_batch(mixed[begin : begin + 10]))
        except Exception as error:
            failures.append(error)
        finally:
            rival.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert stored(schema) == {"a": {("a", "x"): -200}}
