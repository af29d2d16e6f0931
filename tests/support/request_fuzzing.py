"""Generate valid and invalid requests from botocore's service models, and send them.

Everything follows from a seed. Names of existing resources come from `NAMES`, so that many
requests pass validation and reach the state.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import http.client
import json
import random
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import botocore.session

from catalog_platform.local.state import Embedded
from support.embedded import ACCOUNT, REGION, ROLE
from support.request_encoding import encode

SESSION = botocore.session.get_session()
KINESIS = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue"
SHARDS = [f"shardId-{number:012d}" for number in range(8)]
NUMBERS = ["0", "1", "abc", "-1", "1.5", str(2**127), str(2**128), str(2**128 - 1), "9" * 200, ""]

# Stacks of a service whose state no snapshot contains: their operations end after the response.
TEMPLATES = [
    json.dumps({"Resources": {"Text": {"Type": "AWS::SSM::Parameter", "Properties": properties}}})
    for properties in (
        {"Type": "String", "Value": "1"},
        {"Type": "String", "Value": "2"},
        {"Type": "String", "Value": "1", "Name": "named"},
        {"Type": "SecureString", "Value": "1"},
    )
]

# Values by the name of a member; others follow from its shape.
NAMES: dict[str, Sequence[Any]] = {
    "AdjacentShardToMerge": SHARDS,
    "AlarmName": ["alarm", "other"],
    "BackupVaultName": ["vault", "other", "none"],
    "Bucket": ["bucket", "bucket", "other", "none"],
    "DBInstanceIdentifier": ["primary", "none"],
    "DBSnapshotIdentifier": ["snapshot", "none"],
    "GroupId": ["sg-none"],
    "Key": ["key", "other"],
    "KeyId": ["alias/key", "none"],
    "Name": ["name", "/name", "other"],
    "Policy": ["{}", "{", '{"Statement": []}'],
    "RoleName": ["role", "other"],
    "AlarmNames": [["alarm"], ["other", "none"]],
    "ChangeSetName": ["changes", "changes", "other", "a_b"],
    "EventSourceArn": [f"{KINESIS}/stream", f"{KINESIS}/none", QUEUE, f"{QUEUE}-none", "x"],
    "ExplicitHashKey": NUMBERS,
    "FunctionName": ["function", "function", "none", "function:none"],
    "NewStartingHashKey": [*NUMBERS, str(2**126), str(2**127 + 2**126)],
    "LogicalResourceId": ["Text", "none"],
    # The stack is in progress all this time.
    "MonitoringTimeInMinutes": [0, 0, -1, 181],
    "FunctionArn": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:function"],
    "QueueName": ["queue", "other", "other.fifo"],
    "QueueUrl": ["http://queue.localhost/000000000001/queue", "x", ""],
    "ReplicationGroupId": ["group", "other"],
    "ResourceARN": [f"{KINESIS}/stream", f"{KINESIS}/none", "x"],
    "Role": [ROLE],
    "RoleArn": [ROLE],
    "SecretId": ["secret", "none"],
    "ShardCount": [-1, 0, 1, 2, 3, 20_001],
    "ShardId": SHARDS,
    "ShardToMerge": SHARDS,
    "ShardToSplit": SHARDS,
    "StartingSequenceNumber": [*NUMBERS, "000000017957227818680000000004"],
    "StackName": ["stack", "stack", "other", "none", "a_b", ""],
    "StreamARN": [f"{KINESIS}/stream", f"{KINESIS}/none"],
    "StreamName": ["stream", "stream", "stream", "other", "none"],
    "TargetShardCount": [0, 1, 2, 3, 4, 6, 8, 10_001],
    "TemplateBody": [*TEMPLATES, *TEMPLATES, "{", "x", '{"Resources": {}}'],
    "WaitTimeSeconds": [0, 0, -1, 21],
    "TopicArn": [f"arn:aws:sns:{REGION}:{ACCOUNT}:topic", "x"],
}
# What stands for a member whose value is wrong, whatever its type.
WRONG: tuple[Any, ...] = (
    None,
    "",
    "x",
    0,
    -1,
    1.5,
    2**31,
    2**63,
    10**30,
    True,
    [],
    {},
    [None],
    {"a": None},
)
WRONG_TEXTS = ("\ud800", "\x00", "é", "x" * 5000, "NaN", "null", "%", "../..", "a b")


@dataclass(frozen=True)
class Response:
    """The status and body of a response, and its error code if it is an error."""

    status: int
    body: str

    @property
    def code(self) -> str:
        """Return the error code; empty without one."""
        found = re.search(r'"__type": ?"([^"]+)"|<Code>([^<]+)</Code>', self.body)
        return (found[1] or found[2]) if found else ""


@functools.cache
def model(service: str) -> Any:
    """Return botocore's model of a service."""
    return SESSION.get_service_model(service)


class Generator:
    """Generates parameters of operations."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def parameters(self, shape: Any, wrong: float) -> Any:
        """Return parameters; each member is wrong with the probability `wrong`."""
        return self._value(shape, "", wrong, 0)

    def _value(self, shape: Any, name: str, wrong: float, depth: int) -> Any:
        if depth and self.random.random() < wrong:
            pool: Sequence[Any] = WRONG if self.random.random() < 0.6 else WRONG_TEXTS
            return self.random.choice(pool)
        if name in NAMES and self.random.random() < 0.9:
            return self.random.choice(NAMES[name])
        kind = getattr(self, f"_{shape.type_name}", self._integer)
        return kind(shape, wrong, depth + 1)

    def _structure(self, shape: Any, wrong: float, depth: int) -> Any:
        share = 0.35 if depth < 4 else 0.0
        return {
            name: self._value(member, name, wrong, depth)
            for name, member in shape.members.items()
            if self.random.random() < (0.95 if name in shape.required_members else share)
            or (name in ("StreamName", "PartitionKey") and self.random.random() < 0.8)
        }

    def _list(self, shape: Any, wrong: float, depth: int) -> Any:
        count = self.random.randint(0 if wrong else 1, 3)
        return [self._value(shape.member, "", wrong, depth) for _ in range(count)]

    def _map(self, shape: Any, wrong: float, depth: int) -> Any:
        count = self.random.randint(0 if wrong else 1, 3)
        keys = (self._string(shape.key, wrong, depth) for _ in range(count))
        return {key: self._value(shape.value, "", wrong, depth) for key in keys}

    def _string(self, shape: Any, _wrong: float, _depth: int) -> str:
        if shape.enum:
            return str(self.random.choice(shape.enum))
        least = int(shape.metadata.get("min", 0))
        text = f"n{self.random.randint(0, 9)}"
        return text.ljust(least, "a")[: shape.metadata.get("max", 1000)]

    def _blob(self, _shape: Any, _wrong: float, _depth: int) -> str:
        return base64.b64encode(self.random.randbytes(self.random.randint(0, 40))).decode()

    def _boolean(self, _shape: Any, _wrong: float, _depth: int) -> bool:
        return self.random.random() < 0.5

    def _timestamp(self, _shape: Any, _wrong: float, _depth: int) -> float:
        return time.time() + self.random.choice([-3600, -1, 3600])

    def _integer(self, shape: Any, _wrong: float, _depth: int) -> int:
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max", 1000)
        edges = [least, most, self.random.randint(int(least), max(int(least), min(int(most), 10)))]
        if self.random.random() < 0.2:
            edges = [least - 1, most + 1]
        return int(self.random.choice(edges))


class Sender:
    """Sends requests without the validation of an AWS client."""

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded
        self._host = urlsplit(embedded.endpoint_url).netloc

    def send(self, service: str, operation: str, parameters: Any) -> Response:
        """Send the parameters in the protocol of the service."""
        found = model(service)
        encoded = encode(found, found.operation_model(operation), parameters)
        scope = found.metadata.get("signingName") or found.endpoint_prefix
        return self.raw(scope, *encoded)

    def raw(
        self, scope: str, method: str, path: str, headers: Mapping[str, str], body: str
    ) -> Response:
        """Send one HTTP request with the credentials of the run."""
        credential = f"{self._embedded.account}/20260101/{REGION}/{scope}/aws4_request"
        headers = {
            **headers,
            "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, Signature=0",
            "x-amz-security-token": self._embedded.session_token,
        }
        connection = http.client.HTTPConnection(self._host, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body.encode("utf-8", "surrogatepass"), headers)
            answer = connection.getresponse()
            return Response(answer.status, answer.read().decode("utf-8", "replace"))
