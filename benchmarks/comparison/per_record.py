"""A handler that writes an upsert, a cache entry and an object for each record."""

import base64
import json
import os

import psycopg
import redis

from comparison.hoisted import archive

DATABASE = psycopg.connect(
    host=os.environ["DATABASE_HOST"],
    port=int(os.environ["DATABASE_PORT"]),
    dbname=os.environ["DATABASE_NAME"],
    autocommit=True,
    user="postgres",
    password=os.environ["OWNER_PASSWORD"],
)
CACHE = redis.Redis(host=os.environ["CACHE_HOST"], port=int(os.environ["CACHE_PORT"]))
UPSERT = """
INSERT INTO stock_level (sku, warehouse, quantity, occurred_at, sequence_number, updated_at,
                         revision)
VALUES (%s, %s, %s, %s, %s, now(), 1)
ON CONFLICT (sku, warehouse) DO UPDATE SET
    quantity = EXCLUDED.quantity, occurred_at = EXCLUDED.occurred_at,
    sequence_number = EXCLUDED.sequence_number, updated_at = EXCLUDED.updated_at,
    revision = stock_level.revision + 1
WHERE stock_level.occurred_at < EXCLUDED.occurred_at
"""


def handle(event, context):
    """Apply one record after the other; an event without a quantity becomes a count of 0."""
    for record in event["Records"]:
        payload = json.loads(base64.b64decode(record["kinesis"]["data"]))
        stock_item = payload["sku"], payload.get("warehouse", "berlin")
        quantity = payload.get("quantity", 0)
        number = record["kinesis"]["sequenceNumber"]
        DATABASE.execute(UPSERT, (*stock_item, quantity, payload["occurred_at"], number))
        CACHE.set("stock:{}:{}".format(*stock_item), quantity)
        archive(record, payload)
