"""Generates platform/catalog_platform/manifest/aws/*.json from the packages that publish the data.

Sources: cfn-lint's tables, which come from AWS's price lists and APIs; botocore's partitions; the
certificates that the functions have; the keywords of the PostgreSQL server that the tests use.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cfnlint
import psycopg
from cfnlint.helpers import AVAILABILITY_ZONES

from support.embedded_python import PACKAGES
from support.manifests import ROOT

EXTENSIONS = Path(cfnlint.__file__).parent / "data" / "schemas" / "extensions"
OLDEST_MAJOR = 14
CFN_LINT = f"cfn-lint {version('cfn-lint')}"
Content = dict[str, Any]


@cache
def extension(path: str) -> Any:
    """Return a file of cfn-lint's extensions."""
    return json.loads((EXTENSIONS / f"{path}.json").read_text())


def botocore_partitions() -> dict[str, dict[str, Any]]:
    """Return botocore's partitions by name, of the newest botocore that the tests have."""
    content = json.loads((PACKAGES / "botocore" / "data" / "partitions.json").read_text())
    return {each["id"]: each for each in content["partitions"]}


def regions() -> Content:
    """Return the letters of the availability zones of every region, by partition."""
    found: dict[str, dict[str, str]] = {}
    for name, partition in botocore_partitions().items():
        letters = {
            region: "".join(sorted(zone.removeprefix(region) for zone in zones))
            for region, zones in sorted(AVAILABILITY_ZONES.items())
            if re.match(partition["regionRegex"], region)
        }
        if letters:
            found[name] = letters
    return {"source": f"{CFN_LINT} and botocore", "partitions": found}


def rds_certificates() -> Content:
    """Return the regions of the certificates of RDS that the functions have."""
    file = "functions/runtime/src/catalog_runtime/certificates/rds.pem"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=ROOT / file)
    subjects = str([each["subject"] for each in context.get_ca_certs()])
    regions = set(re.findall(r"Amazon RDS ([a-z0-9-]+) Root CA", subjects))
    return {"source": file, "regions": " ".join(sorted(regions))}


def rds_types() -> Content:
    """Return RDS instance classes for PostgreSQL: those sold and supported by a recent version."""
    recent = rf"\^\(({'|'.join(str(major) for major in range(OLDEST_MAJOR, 19))})\\\.[0-9]+\\"
    supported: set[str] = set()
    for rule in extension("aws_rds_dbinstance/db_instance_class")["allOf"]:
        pattern = rule["if"]["properties"].get("EngineVersion", {}).get("pattern", "")
        if _engine(rule) == "postgres" and re.match(recent, pattern):
            supported |= set(rule["then"]["properties"]["DBInstanceClass"]["enum"])
    sold = {
        region: {
            name
            for rule in content["allOf"]
            if _engine(rule) == "postgres"
            for name in rule["then"]["properties"]["DBInstanceClass"]["enum"]
        }
        for region, content in extension("aws_rds_dbinstance/dbinstanceclass_enum").items()
    }
    return _compact({region: names & supported for region, names in sold.items()})


def elasticache_types() -> Content:
    """Return ElastiCache node types."""
    content = extension("aws_elasticache_cachecluster/cachenodetype_enum")
    return _compact(
        {region: set(each["enum"]) for region, each in content.items() if isinstance(each, dict)}
    )


def versions() -> Content:
    """Return the versions of PostgreSQL, Valkey and Redis that AWS offers, oldest first."""
    listed = set(_enum("aws_rds_dbinstance/engine_version", "postgres"))
    ended = ended_versions()
    engines = {"postgres": [each for each in listed - ended if _is_recent(each)]}
    for engine in ("valkey", "redis"):
        known = _enum("aws_elasticache_cachecluster/engine_version", engine)
        engines[engine] = [each for each in known if re.fullmatch(r"\d+\.\d+", each)]
    return {
        "source": CFN_LINT,
        "engines": {name: " ".join(sorted(each, key=_number)) for name, each in engines.items()},
    }


def postgresql_keywords(connection: psycopg.Connection[Any]) -> Content:
    """Return the keywords that the server reserves; some are allowed as functions or types."""
    rows = connection.execute(
        "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T') ORDER BY word"
    ).fetchall()
    number = connection.info.server_version
    source = f"pg_get_keywords() of PostgreSQL {number // 10000}.{number % 10000}"
    return {"source": source, "reserved": " ".join(word for (word,) in rows)}


def _engine(rule: Mapping[str, Any]) -> str:
    return str(rule["if"]["properties"].get("Engine", {}).get("const", ""))


def _enum(path: str, engine: str) -> Iterator[str]:
    for rule in extension(path)["allOf"]:
        if _engine(rule) == engine:
            yield from rule["then"]["properties"]["EngineVersion"]["enum"]


def ended_versions() -> set[str]:
    """Return the versions of PostgreSQL that RDS no longer offers."""
    content = extension("aws_rds_dbinstance/engine_version_deprecated")
    return {
        each
        for rule in content["allOf"]
        if _engine(rule) == "postgres"
        for each in rule["if"]["properties"]["EngineVersion"]["enum"]
    }


def _is_recent(number: str) -> bool:
    return re.fullmatch(r"\d+\.\d+", number) is not None and _number(number)[0] >= OLDEST_MAJOR


def _number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _compact(names: Mapping[str, Iterable[str]]) -> Content:
    """Return sizes by family, and each region's families; `m5:large` lists a family's sizes."""
    split = {region: [name.split(".")[1:] for name in each] for region, each in names.items()}
    every: dict[str, set[str]] = {}
    for each in split.values():
        for family, size in each:
            every.setdefault(family, set()).add(size)
    lines = {}
    for region, each in sorted(split.items()):
        own: dict[str, set[str]] = {}
        for family, size in each:
            own.setdefault(family, set()).add(size)
        lines[region] = " ".join(
            family if sizes == every[family] else f"{family}:{','.join(_by_size(sizes))}"
            for family, sizes in sorted(own.items())
        )
    sizes = {family: " ".join(_by_size(each)) for family, each in sorted(every.items())}
    return {"source": CFN_LINT, "sizes": sizes, "regions": lines}


def _by_size(sizes: Iterable[str]) -> list[str]:
    small = ("nano", "micro", "small", "medium", "large", "xlarge")

    def order(size: str) -> tuple[int, int, str]:
        number = re.match(r"\d+", size)
        return (
            small.index(size) if size in small else len(small),
            int(number[0]) if number else 0,
            size,
        )

    return sorted(sizes, key=order)
