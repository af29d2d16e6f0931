"""Measure a cold start: wall time beyond a bare interpreter, with and without bytecode.

The bundle is measured as deployed, with its bytecode, and without. The alternatives are libraries
that it could use instead; they are installed into a separate folder.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from catalog_platform import packaging
from catalog_platform.workspace import Toolchain, Workspace
from comparison.harness import batches, harness
from support.bundles import unpacked

REPOSITORY = Workspace(Path(__file__).resolve().parents[1])
RUNS = 9
BUDGET_MS = 1000
ALTERNATIVE_PACKAGES = (
    "aws-lambda-powertools[tracer]==3.37.0",
    "aws-kinesis-agg==1.2.3",
    "boto3==1.43.106",
    "pydantic==2.14.3",
)
# What the handler does before its first batch, except for connecting.
READY = "from inventory_processor import handler, wiring; wiring.processor()"
PROGRAMS = {
    "inventory_processor, ready for its first batch": READY,
    "  of which msgspec": "import msgspec",
    "  of which psycopg": "import psycopg",
    "  of which redis": "import redis",
    "  of which botocore and an S3 client": (
        "import botocore.session as b; b.get_session().create_client('s3')"
    ),
}
ALTERNATIVES = {
    "powertools: logger, metrics": (
        "from aws_lambda_powertools import Logger, Metrics;"
        " Logger(service='s'); Metrics(namespace='n')"
    ),
    "powertools: logger, metrics, tracer": (
        "from aws_lambda_powertools import Logger, Metrics, Tracer;"
        " Logger(service='s'); Metrics(namespace='n'); Tracer(service='s')"
    ),
    "catalog_runtime logs and metrics": (
        "from catalog_runtime import logs; from catalog_runtime.metrics import Metrics;"
        " logs.configure('n', 'INFO'); Metrics('n')"
    ),
    "aws-kinesis-agg": "import aws_kinesis_agg.deaggregator",
    "inventory_processor.aggregation": "from inventory_processor import aggregation",
    "boto3 and an S3 client": "import boto3; boto3.client('s3')",
    "pydantic": "import pydantic; pydantic.create_model('M', a=(int, ...))",
    "json": "import json",
}


SIZES = {
    "powertools without tracer": ("aws_lambda_powertools",),
    "powertools with tracer": ("aws_lambda_powertools", "aws_xray_sdk", "wrapt"),
}


def main() -> int:
    """Print the tables; return 1 if the function is not ready within its budget."""
    startup()
    ready = imports()
    if ready > BUDGET_MS:
        print(f"ready after {ready:.0f} ms, the budget is {BUDGET_MS} ms")
    return int(ready > BUDGET_MS)


def startup() -> None:
    """Measure the steps up to the second batch, with real servers and a stub of AWS."""
    with harness() as comparison:
        events = batches(2, 100, 1)
        runs = [comparison.startup(events) for _ in range(RUNS + 1)][1:]
    print(f"{'milliseconds of each step':<50}")
    for step in runs[0]:
        print(f"{step:<50} {statistics.median(run[step] for run in runs):>11.0f}", flush=True)


def imports() -> float:
    """Print import times beyond a bare interpreter; return the milliseconds until ready."""
    bundle = packaging.build(
        REPOSITORY.functions / "inventory_processor",
        packaging.BuildTarget.of_this_machine(),
        REPOSITORY.build / "bundles",
        Toolchain.installed().uv,
    )
    with tempfile.TemporaryDirectory(prefix="catalog-cold-") as scratch:
        print(f"bundle: {bundle.stat().st_size / 1e6:.1f} MB zipped")
        deployed = unpacked(bundle, Path(scratch) / "deployed")
        source = _without_bytecode(deployed, Path(scratch))
        others = Path(scratch) / "others"
        uv = Toolchain.installed().uv
        install: list[str | Path] = [uv, "--system-certs", "pip", "install", "-q", "--target"]
        subprocess.run([*install, others, *ALTERNATIVE_PACKAGES], check=True)
        compiled = _compiled(others, Path(scratch))
        bare = _milliseconds("pass", [])
        ready = _milliseconds(READY, [deployed]) - bare
        print(f"{'milliseconds beyond a bare interpreter':<50} as deployed  no bytecode")
        for programs, *variants in (
            (PROGRAMS, [deployed], [source]),
            (ALTERNATIVES, [compiled, deployed], [others, source]),
        ):
            for name, program in programs.items():
                measured = [_milliseconds(program, folders) - bare for folders in variants]
                print(f"{name:<50} {measured[0]:>11.0f} {measured[1]:>12.0f}", flush=True)
        for name, packages in SIZES.items():
            size = _zipped(compiled, Path(scratch), packages)
            print(f"{name:<50} {size / 1e6:>8.1f} MB zipped", flush=True)
    return ready


def _compiled(tree: Path, scratch: Path) -> Path:
    """Return a copy of the tree with bytecode."""
    copy = scratch / f"{tree.name}-compiled"
    shutil.copytree(tree, copy)
    subprocess.run([sys.executable, "-m", "compileall", "-q", copy], check=True)
    return copy


def _without_bytecode(tree: Path, scratch: Path) -> Path:
    """Return a copy of the tree without bytecode."""
    copy = scratch / f"{tree.name}-source"
    shutil.copytree(tree, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def _zipped(tree: Path, scratch: Path, packages: tuple[str, ...]) -> int:
    """Return the size of some packages of a tree, zipped."""
    target = scratch / "bundle.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for name in packages for path in (tree / name).rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(tree))
    return target.stat().st_size


def _milliseconds(program: str, folders: list[Path]) -> float:
    """Return the median of several runs, after one that fills the page cache."""
    seconds = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        _run([sys.executable, "-S", "-c", program], folders)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[1:]) * 1000


def _run(command: list[str], folders: list[Path]) -> None:
    settings = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": ":".join(map(str, folders)),
        # As on Lambda, where the folder of the function is read-only.
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "POWERTOOLS_TRACE_DISABLED": "1",
        "ENVIRONMENT_NAME": "cold",
        "LOG_LEVEL": "INFO",
        "DATABASE_HOST": "localhost",
        "DATABASE_PORT": "5432",
        "DATABASE_NAME": "n",
        "DATABASE_AUTHENTICATION": "iam",
        "DATABASE_USERNAME": "n",
        "DATABASE_SECRET_ARN": "",
        "DATABASE_TLS": "verify-full",
        "DATABASE_AUTHORITIES": "rds",
        "CACHE_HOST": "localhost",
        "CACHE_PORT": "6379",
        "CACHE_TLS": "true",
        "CACHE_CLUSTER_MODE": "false",
        "CACHE_SECRET_ARN": "",
        "ARCHIVE_BUCKET": "a",
        "DEAD_LETTER_BUCKET": "d",
        "DEAD_LETTER_QUEUE_URL": "https://localhost/q",
    }
    subprocess.run(command, env=settings, check=True)


if __name__ == "__main__":
    sys.exit(main())
