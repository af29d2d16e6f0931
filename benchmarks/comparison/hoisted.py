"""The same with one client for all records, which is the first thing anybody would change."""

import base64
import json
import os

import boto3

S3 = boto3.client("s3")


def handle(event, context):
    """Archive every record by itself."""
    for record in event["Records"]:
        payload = json.loads(base64.b64decode(record["kinesis"]["data"]))
        print(f"Processing inventory update: {payload}")
        archive(record, payload)
    return {"statusCode": 200, "body": "Processed successfully"}


def archive(record, payload):
    """One object for one record."""
    key = f"inventory/{record['kinesis']['sequenceNumber']}.json"
    S3.put_object(Bucket=os.environ["ARCHIVE_BUCKET"], Key=key, Body=json.dumps(payload))
