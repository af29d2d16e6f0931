"""The original handler of the catalog, with only its decoding corrected.

It called `json.loads` on a base64 payload, so it failed on every real record.
"""

import base64
import json
import os

import boto3


def handle(event, context):
    """Archive each record as one object."""
    for record in event["Records"]:
        payload = json.loads(base64.b64decode(record["kinesis"]["data"]))
        print(f"Processing inventory update: {payload}")
        s3 = boto3.client("s3")
        bucket = os.environ["ARCHIVE_BUCKET"]
        key = f"inventory/{record['kinesis']['sequenceNumber']}.json"
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(payload))
    return {"statusCode": 200, "body": "Processed successfully"}
