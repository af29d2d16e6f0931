"""`python benchmarks/contract.py [LISTS]`: compare the published schema with the processor.

Generate events from `docs/events.schema.json` and at its bounds, and let the processor apply them
to a real PostgreSQL, a real cache and an archive in memory. 200 lists hold about 4,000 events.
"""

from __future__ import annotations

import contextlib
import io
import sys
import time

from catalog_runtime.database import Database
from catalog_runtime.login import GivenLogin
from catalog_runtime.secrets import Credentials
from schema_migrator.migrate import migrate
from support.agreement import agree, agree_in_stores
from support.servers import PASSWORD, cache_server, connect, database_settings, postgres_server


def main() -> None:
    """Print the figures; fail with the first event on which schema and processor disagree."""
    lists = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    began = time.monotonic()
    print(f"processor and schema: {agree(lists)}", flush=True)
    with postgres_server() as postgres, cache_server() as valkey:
        with connect(postgres) as connection:
            migrate(connection)
            connection.execute(
                "ALTER ROLE postgres SET default_transaction_isolation = 'repeatable read'"
            )
        login = GivenLogin(Credentials("postgres", PASSWORD))
        database = Database(database_settings(postgres.port), login, application="contract")
        with contextlib.redirect_stdout(io.StringIO()):
            figures = agree_in_stores(lists, postgres, database, valkey)
        database.close()
    print(f"all stores: {figures}")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
