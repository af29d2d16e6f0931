"""Compares the processor with the published schema, event by event."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalog_runtime.database import Database
from inventory_processor import kinesis
from inventory_processor.events import Malformed, Valid, decode
from support.events import ARRIVED, kinesis_event, sequence
from support.faulty_processor import FaultyProcessor
from support.published import Schema, spelled
from support.servers import Server, connect

ROOT = json.loads((Path(__file__).resolve().parents[2] / "docs/events.schema.json").read_text())
SCHEMA = Schema(ROOT)
VALIDATOR = jsonschema.Draft202012Validator(
    ROOT, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)
TEXTS = (SCHEMA.events() | SCHEMA.events() | SCHEMA.mutated()).flatmap(spelled)
# To shrink a disagreement takes minutes, and the event is short enough as it is.
QUIET = settings(
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)


@dataclass
class Figures:
    """What was seen; a disagreement is raised as soon as it is found."""

    generated: int = 0
    accepted: int = 0
    refused: int = 0
    implausible: int = 0
    stored: int = 0

    def __str__(self) -> str:
        return (
            f"generated {self.generated:,}: accepted {self.accepted:,}, refused {self.refused:,}"
            f" (of these, for the time alone {self.implausible:,}); disagreements 0;"
            f" compared in database, cache and archive {self.stored:,}"
        )


def moment(text: str) -> datetime | None:
    """The time of a valid `occurred_at`, by the page: in UTC, to the microsecond."""
    head, dot, tail = text.upper().partition(".")
    if dot:
        digits = re.match("[0-9]+", tail)[0]  # type: ignore[index]
        head = f"{head}.{digits[:6]:0<6}{tail[len(digits) :]}"
    with contextlib.suppress(OverflowError):
        return datetime.fromisoformat(head).astimezone(UTC)
    return None


def expected(text: str) -> bool | None:
    """Whether the schema accepts an event; None when only its time is implausible."""
    event = json.loads(text)
    if not VALIDATOR.is_valid(event):
        return False
    at, arrived = moment(event["occurred_at"]), datetime.fromtimestamp(ARRIVED, UTC)
    if at is None or at.year < 1970 or at > arrived + timedelta(hours=24):
        return None
    return True


def compare(texts: list[str], figures: Figures) -> list[Valid | Malformed]:
    """Every event is accepted by both or refused by both."""
    found = []
    for text in texts:
        (record,) = kinesis.read(kinesis_event([text.encode()]))
        item, wanted = decode(record), expected(text)
        figures.generated += 1
        figures.accepted += wanted is True
        figures.refused += wanted is not True
        figures.implausible += wanted is None
        assert isinstance(item, Valid) == (wanted is True), f"{text}: {wanted}, {item}"
        if isinstance(item, Malformed):
            assert item.detail
            assert (item.reason == "implausible-time") == (wanted is None), f"{text}: {item}"
        found.append(item)
    return found


def agree(examples: int, *, repeatable: bool = False) -> Figures:
    """Compare processor and schema on so many lists of events, on request always the same."""
    figures = Figures()

    @settings(QUIET, max_examples=examples, derandomize=repeatable)
    @given(st.lists(TEXTS, min_size=5, max_size=10))
    def check(texts: list[str]) -> None:
        compare(texts, figures)

    check()
    return figures


def agree_in_stores(
    examples: int,
    postgres: Server,
    database: Database,
    valkey: Server,
    *,
    repeatable: bool = False,
) -> Figures:
    """The same, and what is accepted is looked for in the real database, cache and the archive."""
    figures = Figures()

    @settings(QUIET, max_examples=examples, derandomize=repeatable)
    @given(st.lists(TEXTS, min_size=10, max_size=30))
    def check(texts: list[str]) -> None:
        items = compare(texts, figures)
        chosen, seen = [], set()
        for text, item in zip(texts, items, strict=True):
            # One event for each article, so that the stores hold the values of that event.
            key = item.change.sku if isinstance(item, Valid) else text
            if key not in seen:
                chosen.append((text, isinstance(item, Valid)))
                seen.add(key)
        faulty = FaultyProcessor(postgres, database, valkey, [])
        stored = Stored(faulty, postgres)
        assert faulty.take(kinesis_event([text.encode() for text, _ in chosen])["Records"]) is None
        stored.look()
        for number, (text, valid) in enumerate(chosen):
            if valid:
                stored.has(number, text)
                figures.stored += 1
            else:
                assert stored.dead[sequence(number)] == text.encode()
        assert len(stored.dead) == sum(not valid for _, valid in chosen)

    check()
    return figures


class Stored:
    """What is in the stores after a batch, as the page of the contract says where to look."""

    def __init__(self, faulty: FaultyProcessor, postgres: Server) -> None:
        self._faulty, self._postgres = faulty, postgres
        self.dead: dict[str, bytes] = {}

    def look(self) -> None:
        """Read everything."""
        with connect(self._postgres) as connection:

            def rows(query: str) -> dict[Any, Any]:
                found: Any = connection.execute(query).fetchall()
                return {row[0]: row[1:] for row in found}

            self._levels = rows(
                "SELECT sku, warehouse, quantity, occurred_at, sequence_number FROM stock_level"
            )
            self._adjustments = rows(
                "SELECT sku, warehouse, change, occurred_at, event_id FROM stock_adjustment"
            )
            self._facts = rows("SELECT sku, name, value, occurred_at FROM product_fact")
        self._cached = self._faulty.cached()
        lines = {}
        for (bucket, _), body in self._faulty.s3.objects.items():
            for line in gzip.decompress(body).splitlines():
                found = json.loads(line)
                if bucket == "archive":
                    lines[found["sequence_number"]] = line
                else:
                    assert found["reason"]
                    self.dead[found["sequence_number"]] = base64.b64decode(found["payload_base64"])
        self._archived = lines

    def has(self, number: int, text: str) -> None:
        """Check that the event is in every store as it came."""
        event, sku = json.loads(text), json.loads(text)["sku"]
        at = moment(event["occurred_at"])
        match event["type"]:
            case "stock_level":
                level = (event["warehouse"], event["quantity"], at, int(sequence(number)))
                assert self._levels[sku] == level
                assert self._cached[sku, event["warehouse"]] == str(int(event["quantity"]))
            case "stock_adjustment":
                assert self._levels[sku][:2] == (event["warehouse"], event["change"])
                found = (event["warehouse"], event["change"], at, event["event_id"])
                assert self._adjustments[sku] == found
                assert self._cached[sku, event["warehouse"]] == str(int(event["change"]))
            case kind:
                name, value = _fact(kind, event)
                assert self._facts[sku] == (name, value, at)
                assert json.loads(self._cached[sku, name]) == value
        line = self._archived[sequence(number)]
        assert text.replace("\n", " ").replace("\r", " ").encode() in line
        assert json.loads(line)["event"] == event


def _fact(kind: str, event: dict[str, Any]) -> tuple[str, object]:
    if kind == "price":
        return "price", {"amount": event["amount"], "currency": event["currency"]}
    if kind == "product":
        return "description", {"name": event["name"], "attributes": event.get("attributes", {})}
    return "discontinued", event.get("discontinued", True)
