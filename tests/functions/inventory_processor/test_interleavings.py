"""Every order of the steps of concurrent transactions; `make interleavings` has more scenarios."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inventory_processor import postgres, stale_cache
from support import race_scenarios
from support.earlier_statements import MERGE_WITHOUT_TOUCH
from support.interleavings import independent
from support.model_check import ModelCheck, check
from support.servers import Server, connect
from support.stepping import Step

pytestmark = pytest.mark.e2e

# A part of the scenarios in every run of the suite; all of them take minutes.
SOME = slice(1, None, 5)


@pytest.fixture
def model_check(schema: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelCheck]:
    # However slow the machine is, a conflict is met with another run.
    monkeypatch.setattr(postgres, "CONFLICT_SECONDS", 60.0)
    with ModelCheck(schema) as found:
        yield found


def test_no_order_of_two_transactions_ends_otherwise_than_the_model(
    model_check: ModelCheck,
) -> None:
    scenarios = [*race_scenarios.known(), *list(race_scenarios.of_two())[SOME]]

    figures = check(model_check, scenarios, reduce=True)

    assert figures.wrong == []
    assert figures.interleavings > 4 * figures.scenarios
    assert figures.retries > figures.scenarios


def test_no_order_of_three_transactions_ends_otherwise_than_the_model(
    model_check: ModelCheck,
) -> None:
    figures = check(model_check, [race_scenarios.known_of_three()], reduce=True)

    assert figures.wrong == []
    assert figures.interleavings > 100


def test_no_order_beside_earlier_processors_ends_otherwise_than_the_model(
    model_check: ModelCheck,
) -> None:
    scenarios = list(race_scenarios.beside_earlier_processors())[SOME]

    assert check(model_check, scenarios, reduce=True).wrong == []


def test_stale_entries_are_marked_in_every_order(
    model_check: ModelCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stale_cache, "ARTICLES_AT_ONCE", 1)

    figures = check(model_check, race_scenarios.of_stale_cache(), reduce=True)

    assert figures.wrong == []
    assert figures.deadlocks == 0


def test_a_statement_that_changes_adjustments_without_writing_the_level_is_found_wrong(
    model_check: ModelCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "MERGE", MERGE_WITHOUT_TOUCH)
    assert check(model_check, race_scenarios.known(), reduce=True).wrong == []

    with connect(model_check.server) as connection:
        connection.execute("ALTER TABLE stock_adjustment DISABLE TRIGGER USER")
    figures = check(model_check, race_scenarios.known(), reduce=True)

    assert len(figures.wrong) > len(race_scenarios.known())
    assert "'x'): 47}, right is {" in figures.wrong[0]


def test_a_repair_that_forgets_what_was_noted_meanwhile_is_found_wrong(
    model_check: ModelCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    careless = stale_cache._CLEAR.replace("WHERE stored.noted = read_before.noted", "WHERE true")
    assert careless != stale_cache._CLEAR
    monkeypatch.setattr(stale_cache, "_CLEAR", careless)

    figures = check(model_check, race_scenarios.of_stale_cache()[:1], reduce=True)

    assert "neither cached nor noted" in figures.wrong[0]


def test_orders_that_count_as_one_are_wrong_together(
    model_check: ModelCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "MERGE", MERGE_WITHOUT_TOUCH)
    with connect(model_check.server) as connection:
        connection.execute("ALTER TABLE stock_adjustment DISABLE TRIGGER USER")
    scenario = race_scenarios.known()[0]

    reduced, all_of_them = (
        check(model_check, [scenario], reduce=reduce) for reduce in (True, False)
    )

    # Six steps in 20 orders; only those in which one transaction follows the other are right.
    assert (all_of_them.interleavings, len(all_of_them.wrong)) == (20, 18)
    assert reduced.interleavings < 20
    assert reduced.interleavings - len(reduced.wrong) == 2


@pytest.mark.parametrize("step", Step)
def test_only_steps_that_cannot_influence_each_other_may_be_swapped(step: Step) -> None:
    assert independent(Step.SNAPSHOT, step) == independent(step, Step.SNAPSHOT)
    assert not independent(Step.COMMIT, step) or step is Step.CACHE
    assert not independent(Step.WRITE, Step.WRITE)
