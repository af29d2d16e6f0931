"""IAM authentication for PostgreSQL: the session token is the password.

RDS verifies a signature. PostgreSQL without RDS's plug-in verifies only passwords, so each member
of `rds_iam` has the session token as its password. Within functions, botocore is patched to return
the session token as the database token.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from psycopg import sql

from embedded_aws.emulator.database_servers import Server, verifier

logger = logging.getLogger("database-tokens")

POLL_SECONDS = 0.2
# Excludes database owners: they are members too, as on RDS, and have passwords.
_MEMBERS = """
select role.rolname, role.rolpassword from pg_auth_members
join pg_authid team on team.oid = roleid join pg_authid role on role.oid = member
where team.rolname = 'rds_iam' and role.rolcanlogin
and not pg_has_role(role.oid, 'rds_superuser', 'member')
"""

# Prepended to the script of each Python worker.
WORKER = """
class _DatabaseTokens:
    def find_spec(self, name, path=None, target=None):
        if name != "botocore.auth":
            return None
        import importlib.util
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        original = spec.loader.exec_module

        def execute(module):
            original(module)
            add_auth = module.SigV4QueryAuth.add_auth

            def add(self, request):
                add_auth(self, request)
                if self._service_name == "rds-db":
                    request.url, request.params = "https://" + self.credentials.token, {}

            module.SigV4QueryAuth.add_auth = add

        spec.loader.exec_module = execute
        return spec

sys.meta_path.insert(0, _DatabaseTokens())
"""


class DatabaseTokens:
    """Sets the session token as the password of new members of `rds_iam`."""

    def __init__(self, token: str, servers: Callable[[], Iterable[Server]]) -> None:
        self._token = token
        self._servers = servers
        self._lock = threading.Lock()
        self._set: dict[tuple[str, str], str] = {}
        self._connections: dict[str, psycopg.Connection[tuple[Any, ...]]] = {}
        self._thread = threading.Thread(target=self._run, name="database-tokens", daemon=True)

    def start(self) -> None:
        """Check the roles of all servers every `POLL_SECONDS` from now on."""
        self._thread.start()

    def renew(self) -> None:
        """Check all servers now; unreachable ones are retried the next time."""
        with self._lock:
            for server in self._servers():
                try:
                    self._renew(server)
                except psycopg.Error as error:
                    logger.debug("%s: %s", server.name, error)
                    broken = self._connections.pop(server.url, None)
                    if broken is not None:
                        broken.close()

    def _run(self) -> None:
        while True:
            time.sleep(POLL_SECONDS)
            self.renew()

    def _renew(self, server: Server) -> None:
        connection = self._connections.get(server.url)
        if connection is None:
            connection = self._connections[server.url] = server.connect()
        for role, stored in connection.execute(_MEMBERS).fetchall():
            if stored is None or self._set.get((server.name, role)) != stored:
                found = verifier(connection, role, self._token)
                connection.execute(
                    sql.SQL("alter role {} password {}").format(
                        sql.Identifier(role), sql.Literal(found)
                    )
                )
                self._set[server.name, role] = found
