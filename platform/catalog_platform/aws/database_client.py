"""Connect to PostgreSQL with the given parameters only."""

from __future__ import annotations

import os
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from catalog_platform import variables

CONNECT_SECONDS = 5
# A path that cannot exist: libpq then uses none of the certificates in ~/.postgresql.
NO_FILE = f"{os.devnull}/none"


def connect(url: str = "", **parameters: Any) -> psycopg.Connection[tuple[Any, ...]]:
    """Return a connection in autocommit mode.

    A server on this machine is used without TLS, any other with it. libpq's variables and files
    have no effect: host and password must be given. Raises `psycopg.Error`.
    https://www.postgresql.org/docs/current/libpq-envars.html
    """
    # libpq has no parameters for some of them: PGSERVICE is looked up before the parameters, and
    # PGTZ is sent to the server. This process needs none of them, so they are removed for good.
    variables.remove_matching("PG*", "PSYCOPG_*")
    wanted = {**conninfo_to_dict(url), **parameters}
    local = wanted["host"] in variables.LOOPBACK
    return psycopg.connect(
        **{
            "autocommit": True,
            "connect_timeout": CONNECT_SECONDS,
            "gssencmode": "disable",
            "passfile": NO_FILE,
            "sslmode": "disable" if local else "require",
            "sslcertmode": "disable",
            "sslrootcert": NO_FILE,
            **wanted,
        }
    )
