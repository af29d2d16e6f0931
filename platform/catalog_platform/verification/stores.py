"""Read the stores of a catalog: PostgreSQL, the cache, the archive and the dead letters."""

from __future__ import annotations

import functools
import gzip
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, LiteralString

import psycopg

from catalog_platform.aws import cache_client, database_client
from catalog_platform.aws.client_errors import translate_errors
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.verification import cache_login
from catalog_platform.verification.traffic import StockKey

RECONNECT_SECONDS = 20.0
RECONNECT_PAUSE_SECONDS = 0.25
READER_FIELD = "*"
# AWS refuses signatures of clocks that differ by more.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
CLOCK_TOLERANCE = timedelta(minutes=5)
PRIVATE = (
    "run verify from a machine in the environment's network whose security group is listed in"
    " database.client_security_groups and cache.client_security_groups"
)


class DatabaseClient:
    """The stock levels and facts in PostgreSQL. A broken connection is opened again."""

    def __init__(self, session: Session, outputs: Outputs) -> None:
        """Connect as the owner, with the generated password. Raises `PlatformError`."""
        with translate_errors("database secret"):
            secret = session.client("secretsmanager").get_secret_value(
                SecretId=outputs.database_secret_arn
            )
        credentials = json.loads(secret["SecretString"])
        self._connect = functools.partial(
            database_client.connect,
            host=outputs.database_endpoint,
            port=outputs.database_port,
            dbname=outputs.database_name,
            user=credentials["username"],
            password=credentials["password"],
        )
        with translate_errors("database", hint=PRIVATE):
            self._connection = self._connect()

    def levels(self, prefix: str) -> dict[StockKey, int]:
        """Return the quantity of each stock of SKUs with `prefix`. Raises `PlatformError`."""
        query = "select sku, warehouse, quantity from stock_level where starts_with(sku, %s)"
        return {
            (sku, warehouse): quantity for sku, warehouse, quantity in self._rows(query, prefix)
        }

    def facts(self, prefix: str) -> dict[StockKey, object]:
        """Return every fact about SKUs with `prefix`. Raises `PlatformError`."""
        query = "select sku, name, value from product_fact where starts_with(sku, %s)"
        return {(sku, name): value for sku, name, value in self._rows(query, prefix)}

    def _rows(self, query: LiteralString, prefix: str) -> list[tuple[Any, ...]]:
        """Run a query; reconnect while a server restarts or fails over."""
        deadline = time.monotonic() + RECONNECT_SECONDS
        with translate_errors("database"):
            while True:
                try:
                    if self._connection.closed:
                        self._connection = self._connect()
                    return self._connection.execute(query, [prefix]).fetchall()
                except psycopg.OperationalError:
                    self._connection.close()
                    if time.monotonic() > deadline:
                        raise
                time.sleep(RECONNECT_PAUSE_SECONDS)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class CacheClient:
    """The stock levels and facts in the cache: hashes `stock:{SKU}` and `product:{SKU}`.

    Each field has a value `VALUE:VERSION`.
    """

    def __init__(self, session: Session, outputs: Outputs) -> None:
        """Connect to a server or a cluster, with TLS and token as the processor does.

        Raises `PlatformError`.
        """
        with translate_errors("login of the processor to the cache"):
            login = cache_login.read(session, outputs)
        with translate_errors("cache", hint=PRIVATE):
            self._client = cache_client.connect(
                outputs.cache_endpoint, outputs.cache_port, login.password, tls=login.tls
            )

    def levels(self, keys: Iterable[StockKey]) -> dict[StockKey, int]:
        """Return the quantity of each cached stock among `keys`. Raises `PlatformError`."""
        return {key: int(value) for key, value in self._values("stock", keys)}

    def facts(self, keys: Iterable[StockKey]) -> dict[StockKey, object]:
        """Return every cached fact about the articles of `keys`. Raises `PlatformError`."""
        return {key: json.loads(value) for key, value in self._values("product", keys)}

    def _values(self, kind: str, keys: Iterable[StockKey]) -> Iterator[tuple[StockKey, str]]:
        skus = sorted({sku for sku, _field in keys})
        pipeline = self._client.pipeline(transaction=False)
        for sku in skus:
            pipeline.hgetall(f"{kind}:{{{sku}}}")
        with translate_errors("cache"):
            answers = pipeline.execute()
        for sku, fields in zip(skus, answers, strict=True):
            for field_, value in fields.items():
                # The catalog reader reserves this field for itself.
                if field_ != READER_FIELD:
                    yield (sku, field_), value.rpartition(":")[0]

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def require_reachable(session: Session, outputs: Outputs) -> None:
    """Connect to the private stores, and disconnect. Raises `PlatformError`."""
    for connect in (DatabaseClient, CacheClient):
        connect(session, outputs).close()


@dataclass(slots=True)
class EventBucket:
    """The events in the objects below some prefixes of a bucket. Each object is read once.

    After `since`, only what was written from then on is read: archives grow for years, and
    their old objects may be in a storage class that has to be restored first. Keys below `dated`
    go on with the date of the first event. `found` has the events by name, and the reason of each
    dead letter.
    """

    s3: Any
    name: str
    dated: tuple[str, ...]
    others: tuple[str, ...] = ()
    since: datetime | None = None
    found: dict[str, str] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    @classmethod
    def archive(
        cls, session: Session, outputs: Outputs, since: datetime | None = None
    ) -> EventBucket:
        """Return the bucket of valid events."""
        s3, name = session.client("s3"), outputs.archive_bucket_name
        return cls(s3, name, ("inventory/",), since=since)

    @classmethod
    def dead_letters(
        cls, session: Session, outputs: Outputs, since: datetime | None = None
    ) -> EventBucket:
        """Return the bucket of malformed events and of discarded batches."""
        s3, name = session.client("s3"), outputs.dead_letter_bucket_name
        return cls(s3, name, ("malformed/",), ("aws/lambda/",), since=since)

    def refresh(self) -> dict[str, str]:
        """Read new objects; return all events found so far.

        Raises `PlatformError`.
        """
        with translate_errors(f"bucket {self.name}"):
            for prefix in (*self.dated, *self.others):
                for content in self._new_objects(prefix):
                    self.found.update(_events(content))
        return self.found

    def _new_objects(self, prefix: str) -> Iterator[bytes]:
        listing = self.s3.get_paginator("list_objects_v2")
        for page in listing.paginate(Bucket=self.name, Prefix=prefix, **self._start(prefix)):
            for entry in page.get("Contents", []):
                key = entry["Key"]
                if key in self._seen or self._is_old(entry):
                    continue
                body = self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()
                self._seen.add(key)
                yield gzip.decompress(body) if key.endswith(".gz") else body

    def _start(self, prefix: str) -> dict[str, str]:
        """Return the argument that leaves out the keys of earlier days."""
        if self.since is None or prefix not in self.dated:
            return {}
        # A batch has the date of its first event, which may have waited.
        return {"StartAfter": f"{prefix}{self.since - timedelta(days=1):%Y/%m/%d}"}

    def _is_old(self, entry: Mapping[str, Any]) -> bool:
        return self.since is not None and entry["LastModified"] < self.since - CLOCK_TOLERANCE


def _events(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield name and reason of each event: from our functions, or a batch Lambda discarded.

    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """
    for line in content.splitlines():
        entry = json.loads(line)
        if "sequence_number" in entry:
            part = entry.get("sub_sequence_number")
            name = entry["sequence_number"] + ("" if part is None else f".{part}")
            yield name, entry.get("reason", "")
        else:
            reason = f"batch discarded: {entry['requestContext']['condition']}"
            for record in json.loads(entry["payload"])["Records"]:
                yield record["kinesis"]["sequenceNumber"], reason
