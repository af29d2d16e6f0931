"""Pass a template to CloudFormation: in the request, or as an object of the staging bucket."""

from __future__ import annotations

import contextlib
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from catalog_platform.aws.api_errors import calling
from catalog_platform.aws.session import Session

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
BODY_BYTES = 51_200
# No asset has this prefix: a plan can't replace what a deployment uses.
PREFIX = "catalog-plan/"


def staging_bucket(account: str, region: str) -> str:
    """Return the bucket that `cdk bootstrap` creates for assets.

    https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
    """
    return f"cdk-hnb659fds-assets-{account}-{region}"


@contextlib.contextmanager
def template_argument(
    session: Session, account: str, template: Mapping[str, Any]
) -> Iterator[dict[str, str]]:
    """Yield the argument of a request that contains the template; delete its object at the end.

    Raises `PlatformError` when the upload is refused. A deletion that is refused is left to the
    bucket's lifecycle rules: the object contains nothing that the template of a stack doesn't.
    """
    text = json.dumps(template, separators=(",", ":"))
    if len(text.encode()) <= BODY_BYTES:
        yield {"TemplateBody": text}
        return
    bucket = staging_bucket(account, session.region)
    digest = hashlib.sha256(text.encode()).hexdigest()
    key = f"{PREFIX}{digest[:16]}-{uuid.uuid4().hex}.json"
    buckets = session.client("s3")
    try:
        with calling("s3:PutObject", f"s3://{bucket}/{key}"):
            buckets.put_object(
                Bucket=bucket,
                Key=key,
                Body=text.encode(),
                ContentType="application/json",
                ExpectedBucketOwner=account,
            )
        # CloudFormation reads the object with the permissions of the caller.
        yield {"TemplateURL": f"{buckets.meta.endpoint_url}/{bucket}/{key}"}
    finally:
        with contextlib.suppress(ClientError, BotoCoreError):
            buckets.delete_object(Bucket=bucket, Key=key, ExpectedBucketOwner=account)
