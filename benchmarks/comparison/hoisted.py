"""The original handler with one S3 client for all records."""

import base64
import json
import os

import boto3

S3 = boto3.client("s3")


def handle(event, context):
    """Archive each record as one object."""
    for record in event["Records"]:
        payload = json.loads(base64.b64decode(record["kinesis"]["data"]))
        print(f"Processing inventory update: {payload}")
        archive(record, payload)
    return {"statusCode": 200, "body": "Processed successfully"}


def archive(record, payload):
    """Write one object for one record."""
    key = f"inventory/{record['kinesis']['sequenceNumber']}.json"
    S3.put_object(Bucket=os.environ["ARCHIVE_BUCKET"], Key=key, Body=json.dumps(payload))
