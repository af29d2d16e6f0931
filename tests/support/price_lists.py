"""Price list files in the shape of AWS's, below a folder with AWS's paths."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalog_platform.aws.prices.price import Price

VERSION = "20300131120000"
HEADER = (
    "SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate",
    "StartingRange", "EndingRange", "Unit", "PricePerUnit", "Currency", "Product Family",
    "Database Engine", "usageType", "Region Code", "serviceName",
)  # fmt: skip


def price(**values: Any) -> Price:
    """Return the price of an endpoint's hour, with other values for some fields."""
    made: dict[str, Any] = {
        "id": "vpc.endpoint_hour",
        "service": "VPC",
        "dimension": "Interface endpoint",
        "region": "eu-west-1",
        "unit": "hour",
        "usd": Decimal("0.011"),
        "offer": "AmazonVPC",
        "match": "SKU=AAAA",
        "source": "somewhere",
        "as_of": datetime.date(2025, 1, 31),
        "confidence": "high",
    }
    return Price(**{**made, **values})


def row(**values: str) -> dict[str, str]:
    """Return a line of an offer file: an endpoint's hour, with other values for some columns."""
    made = dict.fromkeys(HEADER, "")
    made |= {
        "SKU": "AAAA",
        "OfferTermCode": "JRTC",
        "RateCode": "AAAA.JRTC.6YS6",
        "TermType": "OnDemand",
        "PriceDescription": '$0.012 per "hour", in Ireland',
        "StartingRange": "0",
        "EndingRange": "Inf",
        "Unit": "Hrs",
        "PricePerUnit": "0.0120000000",
        "Currency": "USD",
        "usageType": "EU-VpcEndpoint-Hours",
        "Region Code": "eu-west-1",
    }
    return made | {name.replace("_", " "): value for name, value in values.items()}


def offer_text(rows: Iterable[dict[str, str]], offer: str = "AmazonVPC") -> str:
    """Return an offer file: five lines of metadata, a header, and the lines."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(("FormatVersion", "v1.0"))
    writer.writerow(("Disclaimer", "For information only, see https://aws.amazon.com/"))
    writer.writerow(("Publication Date", "2030-01-31T12:00:00Z"))
    writer.writerow(("Version", VERSION))
    writer.writerow(("OfferCode", offer))
    writer.writerow(HEADER)
    writer.writerows([each[name] for name in HEADER] for each in rows)
    return out.getvalue()


def write_offer(root: Path, text: str, offer: str = "AmazonVPC", region: str = "eu-west-1") -> Path:
    """Write an offer file and the index that names it; return the file."""
    path = f"/offers/v1.0/aws/{offer}/{VERSION}/{region}/index"
    index = root / f"offers/v1.0/aws/{offer}/current/region_index.json"
    index.parent.mkdir(parents=True, exist_ok=True)
    named = {"regions": {region: {"regionCode": region, "currentVersionUrl": f"{path}.json"}}}
    index.write_text(json.dumps(named))
    file = root / f"{path.lstrip('/')}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file
