"""Small stand-ins for the AWS clients that the functions use."""

from __future__ import annotations

import gzip
import json
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError


def unreachable(service: str) -> Exception:
    """What botocore raises when nothing answers."""
    error: Exception = EndpointConnectionError(endpoint_url=f"https://{service}.test")
    return error


def client_error(code: str, operation: str, message: str = "no") -> ClientError:
    """An error response of AWS."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class FakeS3:
    """Buckets in memory; `failure` is raised by the next calls while it is set."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}
        self.puts = 0
        self.failure: Exception | None = None
        self.failing_bucket: str | None = None

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> None:  # noqa: N803
        assert ContentType == "application/gzip"
        if self.failure is not None and self.failing_bucket in {None, Bucket}:
            raise self.failure
        self.puts += 1
        self.objects[Bucket, Key] = Body

    def lines(self, bucket: str) -> list[Any]:
        """All JSON lines of a bucket, in the order of the keys."""
        return [
            json.loads(line)
            for (owner, _), body in sorted(self.objects.items())
            if owner == bucket
            for line in gzip.decompress(body).decode().splitlines()
        ]


class FakeSqs:
    """One queue in memory."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.failure: Exception | None = None

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803
        assert QueueUrl.startswith("https://")
        if self.failure is not None:
            raise self.failure
        self.messages.append(json.loads(MessageBody))


class FakeSecretsManager:
    """Secrets by ARN; counts how often each was fetched."""

    def __init__(self, **secrets: str) -> None:
        self.secrets = secrets
        self.fetched: list[str] = []

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        self.fetched.append(SecretId)
        if SecretId not in self.secrets:
            raise client_error("ResourceNotFoundException", "GetSecretValue", "no such secret")
        return {"SecretString": self.secrets[SecretId]}


class FakeVersions:
    """One secret with versions and their stages, as Secrets Manager keeps them."""

    def __init__(self, content: str, *, rotates: bool | None = True) -> None:
        self.contents = {"first": content}
        self.stages = {"first": ["AWSCURRENT"], "second": ["AWSPENDING"]}
        self.rotates = rotates
        self.passwords = 0

    def describe_secret(self, *, SecretId: str) -> dict[str, Any]:  # noqa: N803
        stages = {version: list(held) for version, held in self.stages.items() if held}
        enabled = {} if self.rotates is None else {"RotationEnabled": self.rotates}
        return enabled | {"VersionIdsToStages": stages}

    def list_secret_version_ids(
        self,
        *,
        SecretId: str,  # noqa: N803
        IncludeDeprecated: bool,  # noqa: N803
        MaxResults: int,  # noqa: N803
    ) -> dict[str, Any]:
        versions = [
            {"VersionId": version, "CreatedDate": number, "VersionStages": self.stages[version]}
            for number, version in enumerate(self.contents)
            if IncludeDeprecated or self.stages[version]
        ]
        return {"Versions": versions[:MaxResults]}

    def get_secret_value(
        self,
        *,
        SecretId: str,  # noqa: N803
        VersionStage: str | None = None,  # noqa: N803
        VersionId: str | None = None,  # noqa: N803
    ) -> dict[str, str]:
        for version, held in self.stages.items():
            staged = VersionStage is None or VersionStage in held
            if staged and VersionId in {None, version} and version in self.contents:
                return {"SecretString": self.contents[version]}
        raise client_error("ResourceNotFoundException", "GetSecretValue")

    def get_random_password(self, *, PasswordLength: int, ExcludePunctuation: bool) -> Any:  # noqa: N803
        self.passwords += 1
        return {"RandomPassword": str(self.passwords) * PasswordLength}

    def put_secret_value(
        self,
        *,
        SecretId: str,  # noqa: N803
        ClientRequestToken: str,  # noqa: N803
        SecretString: str,  # noqa: N803
        VersionStages: list[str],  # noqa: N803
    ) -> None:
        if ClientRequestToken in self.contents:
            raise client_error("ResourceExistsException", "PutSecretValue")
        self.contents[ClientRequestToken] = SecretString
        self.stages[ClientRequestToken] = VersionStages

    def update_secret_version_stage(
        self,
        *,
        SecretId: str,  # noqa: N803
        VersionStage: str,  # noqa: N803
        MoveToVersionId: str,  # noqa: N803
        RemoveFromVersionId: str,  # noqa: N803
    ) -> None:
        self.stages[RemoveFromVersionId].remove(VersionStage)
        self.stages[RemoveFromVersionId].append("AWSPREVIOUS")
        self.stages[MoveToVersionId].append(VersionStage)
