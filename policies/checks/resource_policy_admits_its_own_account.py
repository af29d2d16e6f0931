"""Policy: resource policies admit only this account, and services on its behalf."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.callers import is_of_this_account
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Statement, statements
from catalog_platform.policy.template_check import Resources, TemplateCheck

DOCUMENTS = {
    "AWS::Backup::BackupVault": "AccessPolicy",
    "AWS::Backup::LogicallyAirGappedBackupVault": "AccessPolicy",
    "AWS::CloudTrail::ResourcePolicy": "ResourcePolicy",
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::KMS::ReplicaKey": "KeyPolicy",
    "AWS::Kinesis::ResourcePolicy": "ResourcePolicy",
    "AWS::Logs::Destination": "DestinationPolicy",
    "AWS::Logs::LogGroup": "ResourcePolicyDocument",
    "AWS::Logs::ResourcePolicy": "PolicyDocument",
    "AWS::S3::AccessPoint": "Policy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicInlinePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueueInlinePolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SSM::ResourcePolicy": "Policy",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}


class ResourcePolicyAdmitsItsOwnAccount(TemplateCheck):
    """Fail for a statement that admits everyone, another account or an unlimited service."""

    def __init__(self) -> None:
        super().__init__(
            name="A resource policy admits only this account, and services on its behalf",
            id="CKV_CATALOG_22",
            categories=(CheckCategories.IAM,),
            supported_resources=tuple(DOCUMENTS),
            guideline="Name principals of this account. Limit a service with aws:SourceAccount or "
            "aws:SourceArn by StringEquals or ArnLike; conditions with IfExists don't limit it.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the statements that admit too many."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        name = DOCUMENTS[resource.type]
        document = properties.get(name)
        path = f"Properties/{name}"
        for statement in statements(document, path, stack):
            if (
                statement.allows
                and not is_of_this_account(statement, stack)
                and not _is_delivery_of_trail(statement, stack)
            ):
                yield statement.path


def _is_delivery_of_trail(statement: Statement, stack: ScannedStack) -> bool:
    """Return whether CloudTrail may only write this account's files, and ask for the bucket's ACL.

    The CDK writes both statements; the account is in the name of the files.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    if {(each.kind, each.text) for each in statement.principals} != {
        ("Service", "cloudtrail.amazonaws.com")
    }:
        return False
    own = f"/AWSLogs/{stack.resource.account}/"
    return statement.actions == ("s3:getbucketacl",) or (
        statement.actions == ("s3:putobject",)
        and all(own in resource for resource in statement.resources)
    )


check = ResourcePolicyAdmitsItsOwnAccount()
