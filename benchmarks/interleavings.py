"""`make interleavings`: run every order of the steps of concurrent transactions on PostgreSQL.

The cases are those of tests/support/race_scenarios.py, with the statements of the product. The exit
code is 1 if the result of an order differs from the model, or if the check does not find the known
fault of an earlier merge statement, which did not always write the row of the stock level.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Iterable
from unittest.mock import patch

from inventory_processor import postgres, stale_cache
from schema_migrator.migrate import migrate
from support import race_scenarios
from support.earlier_statements import MERGE_WITHOUT_TOUCH
from support.model_check import Figures, ModelCheck, check
from support.scenarios import Scenario
from support.servers import connect, postgres_server


def main() -> int:
    """Check all cases and print one line of figures for each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--three", type=int, default=40, help="cases with three transactions")
    parser.add_argument("--seed", type=int, default=20_261_126, help="selects these cases")
    options = parser.parse_args()
    three = random.Random(options.seed).sample(list(race_scenarios.of_three()), options.three)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
    with postgres_server() as server:
        with connect(server) as connection:
            migrate(connection)
            connection.execute(
                "ALTER ROLE postgres SET default_transaction_isolation = 'repeatable read'"
            )
        with (
            ModelCheck(server) as model_check,
            patch.object(stale_cache, "ARTICLES_AT_ONCE", 1),
            patch.object(postgres, "CONFLICT_SECONDS", 60.0),
        ):
            found = [
                run_cases(model_check, "two, every order", race_scenarios.of_two(), reduce=False),
                run_cases(
                    model_check, "three", [race_scenarios.known_of_three(), *three], reduce=True
                ),
                run_cases(
                    model_check, "earlier processors", race_scenarios.beside_earlier_processors()
                ),
                run_cases(model_check, "stale cache", race_scenarios.of_stale_cache(rounds=2)),
            ]
            model_check.admin.execute("ALTER TABLE stock_adjustment DISABLE TRIGGER USER")
            with patch.object(postgres, "MERGE", MERGE_WITHOUT_TOUCH):
                before = run_cases(model_check, "two, statement before", race_scenarios.of_two())
    wrong = [line for figures in found for line in figures.wrong]
    print(*wrong[:20], sep="\n")
    return 1 if wrong or not before.wrong else 0


def run_cases(
    model_check: ModelCheck, name: str, scenarios: Iterable[Scenario], *, reduce: bool = True
) -> Figures:
    """Check cases of one kind, print their figures and return them."""
    started = time.monotonic()
    figures = check(model_check, scenarios, reduce=reduce)
    print(f"{name:<22} {figures}, {time.monotonic() - started:.0f} s", flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main())
