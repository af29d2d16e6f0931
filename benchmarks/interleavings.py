"""`make interleavings`: every order of the steps of concurrent transactions, on PostgreSQL.

The worlds are those of tests/support/race_worlds.py, the statements the product's own. The exit
code is 1 if an interleaving ends otherwise than the model, or if the statement as it was before
every writer wrote the row of its place is not found wrong.
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
from support import race_worlds
from support.earlier_statements import MERGE_WITHOUT_TOUCH
from support.model_check import Figures, ModelCheck, check
from support.servers import connect, postgres_server
from support.worlds import World


def main() -> int:
    """Explore the worlds, print a line of figures for each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--three", type=int, default=40, help="worlds of three transactions")
    parser.add_argument("--seed", type=int, default=20_261_126, help="which of them")
    asked = parser.parse_args()
    three = random.Random(asked.seed).sample(list(race_worlds.of_three()), asked.three)
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
                explored(model_check, "two, every order", race_worlds.of_two(), reduce=False),
                explored(model_check, "three", [race_worlds.known_of_three(), *three], reduce=True),
                explored(
                    model_check, "earlier processors", race_worlds.beside_earlier_processors()
                ),
                explored(model_check, "stale cache", race_worlds.of_stale_cache(rounds=2)),
            ]
            model_check.admin.execute("ALTER TABLE stock_adjustment DISABLE TRIGGER USER")
            with patch.object(postgres, "MERGE", MERGE_WITHOUT_TOUCH):
                before = explored(model_check, "two, statement before", race_worlds.of_two())
    wrong = [line for figures in found for line in figures.wrong]
    print(*wrong[:20], sep="\n")
    return 1 if wrong or not before.wrong else 0


def explored(
    model_check: ModelCheck, name: str, worlds: Iterable[World], *, reduce: bool = True
) -> Figures:
    """Check worlds of one kind and print what it came to."""
    started = time.monotonic()
    figures = check(model_check, worlds, reduce=reduce)
    print(f"{name:<22} {figures}, {time.monotonic() - started:.0f} s", flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main())
