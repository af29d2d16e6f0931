"""Rules of the documents of buckets and objects that S3's service model does not contain.

https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from embedded_aws.emulator.request_validation.errors import Refusal

Parameters = Mapping[str, Any]

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
MAXIMUM_OBJECT_TAGS, MAXIMUM_BUCKET_TAGS = 10, 50
MAXIMUM_DELETED_OBJECTS = 1000
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
MAXIMUM_RETENTION = {"Days": 36_500, "Years": 100}
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
MINIMUM_DAYS = {"STANDARD_IA": 30, "ONEZONE_IA": 30}
CORS_METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD")
POLICY_VERSIONS = ("2008-10-17", "2012-10-17")


def put_policy(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html"""
    try:
        policy = json.loads(parameters["Policy"])
    except (ValueError, RecursionError):
        policy = None
    if not isinstance(policy, dict):
        return _malformed("Policies must be valid JSON and the first byte must be '{'")
    if policy.get("Version", POLICY_VERSIONS[0]) not in POLICY_VERSIONS:
        return _malformed(f"The policy must contain a valid version string: {POLICY_VERSIONS}")
    statements = policy.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        return _malformed("Missing required field Statement")
    problems = (_statement_problem(each, parameters["Bucket"]) for each in statements)
    return next((_malformed(problem) for problem in problems if problem), None)


def _statement_problem(statement: Any, bucket: str) -> str:
    """Return why a statement is refused, or an empty string."""
    if not isinstance(statement, dict):
        return "Invalid policy syntax."
    if statement.get("Effect") not in ("Allow", "Deny"):
        return f"Invalid effect: {statement.get('Effect', '')}"
    for name in ("Principal", "Action", "Resource"):
        if len({name, f"Not{name}"} & statement.keys()) != 1:
            return f"Missing required field {name}"
    actions = _texts(statement.get("Action", statement.get("NotAction")))
    if not actions or not all(each == "*" or each.lower().startswith("s3:") for each in actions):
        return "Policy has invalid action"
    resources = _texts(statement.get("Resource", statement.get("NotResource")))
    if not resources or not all(_is_of(bucket, each) for each in resources):
        return "Policy has invalid resource"
    return ""


def _texts(value: Any) -> list[str]:
    """Return a text or a list of texts as a list; empty for anything else."""
    given = value if isinstance(value, list) else [value]
    return given if all(isinstance(each, str) for each in given) else []


def _is_of(bucket: str, resource: str) -> bool:
    """Return whether a resource is the bucket, its objects, or a pattern that can match them."""
    if resource == "*":
        return True
    prefix, _separator, name = resource.partition(":::")
    named = name.partition("/")[0]
    return prefix.startswith("arn:") and (named == bucket or "*" in named or "?" in named)


def put_lifecycle(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html"""
    rules = parameters.get("LifecycleConfiguration", {}).get("Rules", ())
    names = [rule["ID"] for rule in rules if "ID" in rule]
    if len(names) != len(set(names)):
        return _argument("Rule ID must be unique. Found same ID for more than one rule")
    problems = (_lifecycle_problem(rule) for rule in rules)
    return next((found for found in problems if found), None)


def _lifecycle_problem(rule: Parameters) -> Refusal | None:
    actions = rule.keys() - {"ID", "Prefix", "Filter", "Status"}
    if not actions or ("Filter" in rule) == ("Prefix" in rule):
        return Refusal("MalformedXML", "A rule needs one of Filter and Prefix, and an action")
    expiration = rule.get("Expiration", {})
    if "Expiration" in rule and len(expiration) != 1:
        return Refusal("MalformedXML", "Expiration needs Days, Date or ExpiredObjectDeleteMarker")
    days = [("Expiration", expiration.get("Days"))]
    noncurrent = rule.get("NoncurrentVersionExpiration", {})
    days.append(("NoncurrentVersionExpiration", noncurrent.get("NoncurrentDays")))
    for action, count in days:
        if count is not None and count < 1:
            return _argument(f"'Days' for {action} action must be a positive integer")
    for step in rule.get("Transitions", ()):
        if step.get("Days", 0) < 0 or ("Days" in step and "Date" in step):
            return _argument("'Days' in Transition action must be nonnegative")
        if "Days" in step and expiration.get("Days", step["Days"] + 1) <= step["Days"]:
            return _argument(
                "'Days' in the Expiration action must be greater than 'Days' in the Transition"
                " action"
            )
    return _too_early("Transition", "Days", rule.get("Transitions", ())) or _too_early(
        "NoncurrentVersionTransition",
        "NoncurrentDays",
        rule.get("NoncurrentVersionTransitions", ()),
    )


def _too_early(action: str, unit: str, steps: Iterable[Parameters]) -> Refusal | None:
    for step in steps:
        least = MINIMUM_DAYS.get(step.get("StorageClass", ""), 0)
        if step.get(unit, least) < least:
            return _argument(
                f"'{unit}' in {action} action must be greater than or equal to {least} for"
                f" storageClass '{step['StorageClass']}'"
            )
    return None


def put_cors(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html"""
    for rule in parameters.get("CORSConfiguration", {}).get("CORSRules", ()):
        for method in rule["AllowedMethods"]:
            if method not in CORS_METHODS:
                return Refusal(
                    "InvalidRequest",
                    f"Found unsupported HTTP method in CORS config. Unsupported method is {method}",
                )
    return None


def put_tagging(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html"""
    tags = parameters.get("Tagging", {}).get("TagSet", ())
    names = [tag["Key"] for tag in tags]
    if len(names) != len(set(names)):
        return Refusal("InvalidTag", "Cannot provide multiple Tags with the same key")
    if any(name.lower().startswith("aws:") for name in names):
        return Refusal("InvalidTag", "System tags cannot be added/updated by requester")
    kind, most = (
        ("Object", MAXIMUM_OBJECT_TAGS) if "Key" in parameters else ("Bucket", MAXIMUM_BUCKET_TAGS)
    )
    if len(tags) > most:
        return Refusal("BadRequest", f"{kind} tags cannot be greater than {most}")
    return None


def put_object_lock(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html"""
    configuration = parameters.get("ObjectLockConfiguration", {})
    default = configuration.get("Rule", {}).get("DefaultRetention")
    if default is None:
        return None
    given = {name: default[name] for name in ("Days", "Years") if name in default}
    if len(given) != 1 or "Mode" not in default:
        return Refusal("MalformedXML", "DefaultRetention needs a mode, and either days or years")
    if min(given.values()) < 1:
        return _argument("Default retention period must be a positive integer value.")
    for unit, most in MAXIMUM_RETENTION.items():
        if given.get(unit, 0) > most:
            return _argument(f"Default retention period must be at most {most} {unit.lower()}.")
    return None


def put_retention(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html"""
    retention = parameters.get("Retention", {})
    if ("Mode" in retention) != ("RetainUntilDate" in retention):
        return Refusal("MalformedXML", "Mode and RetainUntilDate must both be supplied")
    until = retention.get("RetainUntilDate")
    if until is not None and until <= datetime.now(UTC).timestamp():
        return _argument("The retain until date must be in the future!")
    return None


def delete_objects(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""
    count = len(parameters["Delete"]["Objects"])
    if not 1 <= count <= MAXIMUM_DELETED_OBJECTS:
        return Refusal(
            "MalformedXML",
            f"The XML you provided names {count} objects, not 1 to {MAXIMUM_DELETED_OBJECTS}",
        )
    return None


RULES = {
    "DeleteObjects": delete_objects,
    "PutBucketCors": put_cors,
    "PutBucketLifecycleConfiguration": put_lifecycle,
    "PutBucketPolicy": put_policy,
    "PutBucketTagging": put_tagging,
    "PutObjectLockConfiguration": put_object_lock,
    "PutObjectRetention": put_retention,
    "PutObjectTagging": put_tagging,
}


def _malformed(message: str) -> Refusal:
    return Refusal("MalformedPolicy", message)


def _argument(message: str) -> Refusal:
    return Refusal("InvalidArgument", message)
