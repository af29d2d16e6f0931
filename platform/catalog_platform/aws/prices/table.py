"""Read and write the table of prices, a file of tab-separated values with a header."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from catalog_platform.aws.prices.price import CONFIDENCES, GLOBAL, Price
from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, Location

FILE = "aws.tsv"
FOLDER = "prices"
COLUMNS = tuple(field.name for field in dataclasses.fields(Price))
NEEDED = ("id", "service", "dimension", "region", "unit")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
CONDITIONS = re.compile(r"[\w ]+=[^;=]+(;[\w ]+=[^;=]+)*")
RULE = "price-malformed"


@dataclasses.dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices by id and region, in the order of the file."""

    prices: Mapping[tuple[str, str], Price]

    def find(self, price_id: str, region: str) -> Price | None:
        """Return the price in a region; None if the table has none, or has no value for it."""
        found = self.prices.get((price_id, region)) or self.prices.get((price_id, GLOBAL))
        return None if found is None or found.usd is None else found

    def __iter__(self) -> Iterator[Price]:
        """Yield the prices in the order of the file."""
        return iter(self.prices.values())


def file_in(policies: Path) -> Path:
    """Return the file of the table in a folder of policies."""
    return policies / FOLDER / FILE


def read(policies: Path) -> PriceTable:
    """Return the table of a folder of policies.

    Raises `FindingsError` with every malformed line, or when the file can't be read.
    """
    path = file_in(policies)
    name = f"{policies.name}/{FOLDER}/{FILE}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FindingsError([_finding(name, 1, f"can't be read: {reason}")]) from error
    return parse(text, name)


def parse(text: str, name: str) -> PriceTable:
    """Return the table of a text. Raises `FindingsError` with every malformed line."""
    lines = csv.reader(io.StringIO(text), "excel-tab", strict=True)
    findings: list[Finding] = []
    prices: dict[tuple[str, str], Price] = {}
    try:
        if tuple(next(lines, ())) != COLUMNS:
            message = f"the first line is not the header; it must be {' '.join(COLUMNS)}"
            raise FindingsError([_finding(name, 1, message)])
        for cells in lines:
            messages = list(_messages(cells))
            if not messages and (key := (cells[0], cells[3])) in prices:
                messages = [f"{key[0]} has a second price in {key[1]}: remove one of them"]
            findings += [_finding(name, lines.line_num, each) for each in messages]
            if not messages:
                prices[key] = _price(dict(zip(COLUMNS, cells, strict=True)))
    except csv.Error as error:
        findings.append(_finding(name, lines.line_num, str(error)))
    if findings:
        raise FindingsError(findings)
    return PriceTable(prices)


def text_of(prices: Sequence[Price]) -> str:
    """Return the text of the file, as `parse` reads it."""
    out = io.StringIO()
    writer = csv.writer(out, "excel-tab", lineterminator="\n")
    writer.writerow(COLUMNS)
    for price in prices:
        values = dataclasses.asdict(price)
        usd, date = price.usd, price.as_of
        values["usd"] = "" if usd is None else f"{usd.normalize():f}"
        values["as_of"] = "" if date is None else date.isoformat()
        writer.writerow(values[column] for column in COLUMNS)
    return out.getvalue()


def _messages(cells: Sequence[str]) -> Iterator[str]:
    if len(cells) != len(COLUMNS):
        yield f"has {len(cells)} columns; it must have {len(COLUMNS)}, separated by tabs"
        return
    row = dict(zip(COLUMNS, cells, strict=True))
    for column in NEEDED:
        if not row[column].strip():
            yield f"{column} is empty"
    if row["usd"] and _usd(row["usd"]) is None:
        yield f"usd is {row['usd']!r}; it must be a decimal number from 0, or empty if unknown"
    if row["usd"] and _date(row["as_of"]) is None:
        yield f"as_of is {row['as_of']!r}; it must be the date of the price, such as 2030-01-31"
    if row["usd"] and not row["source"].strip():
        yield "source is empty; it must say where the price is from"
    if row["usd"] and row["confidence"] not in CONFIDENCES:
        yield f"confidence is {row['confidence']!r}; it must be one of {', '.join(CONFIDENCES)}"
    if row["match"] and not CONDITIONS.fullmatch(row["match"]):
        yield f"match is {row['match']!r}; it must be column=value, several separated by ';'"
    if bool(row["match"]) is not bool(row["offer"]):
        yield "offer and match must both be set, or both be empty"


def _price(row: Mapping[str, str]) -> Price:
    typed = {"usd": _usd(row["usd"]), "as_of": _date(row["as_of"])}
    return Price(**{**row, **typed})  # type: ignore[arg-type]


def _usd(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        return None


def _finding(name: str, line: int, message: str) -> Finding:
    return Finding(rule=RULE, message=message, location=Location(name, line))
