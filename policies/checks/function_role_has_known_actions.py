"""Policy: the role of a function has the actions of its task, and none on records and copies."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.identity_policies import TYPES, attached_roles, identity_statements
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Statement
from catalog_platform.policy.template_check import Resources, TemplateCheck

FUNCTION = "AWS::Lambda::Function"
# Each function logs, sends traces, is attached to the VPC, and decrypts what it reads.
COMMON = {
    "ec2:assignprivateipaddresses",
    "ec2:createnetworkinterface",
    "ec2:deletenetworkinterface",
    "ec2:describenetworkinterfaces",
    "ec2:describesubnets",
    "ec2:unassignprivateipaddresses",
    "kms:decrypt",
    "logs:createlogstream",
    "logs:putlogevents",
    "xray:puttelemetryrecords",
    "xray:puttracesegments",
}
LOGIN = {"rds-db:connect", "secretsmanager:getsecretvalue"}
# The actions of the task of each section's functions.
TASKS = {
    "database": LOGIN
    | {
        "kms:generatedatakey",
        "secretsmanager:describesecret",
        "secretsmanager:getrandompassword",
        "secretsmanager:listsecretversionids",
        "secretsmanager:putsecretvalue",
        "secretsmanager:updatesecretversionstage",
    },
    "processor": LOGIN
    | {
        "kinesis:describestream",
        "kinesis:describestreamconsumer",
        "kinesis:describestreamsummary",
        "kinesis:getrecords",
        "kinesis:getsharditerator",
        "kinesis:listshards",
        "kinesis:liststreams",
        "kinesis:subscribetoshard",
        "kms:generatedatakey",
        "s3:listbucket",
        "s3:putobject",
        "sqs:sendmessage",
    },
    "reader": LOGIN,
    "replayer": {
        "kinesis:getrecords",
        "kinesis:getsharditerator",
        "kinesis:putrecords",
        "kms:generatedatakey",
        "s3:getobject",
        "s3:listbucket",
        "s3:putobject",
    },
}
# Only services of AWS write audit logs and backups.
RECORDS = ("audit", "backup")
SERVICE_LOGS = {
    "AWS::CloudTrail::Trail": "CloudWatchLogsLogGroupArn",
    "AWS::EC2::FlowLog": "LogGroupName",
}


class FunctionRoleHasKnownActions(TemplateCheck):
    """Fail for other actions than those of a function's task, and for access to records."""

    def __init__(self) -> None:
        super().__init__(
            name="The role of a function has the actions of its task, and none on audit or backups",
            id="CKV_CATALOG_75",
            categories=(CheckCategories.IAM,),
            supported_resources=TYPES,
            guideline="Remove the action. If the task of a function has changed, add it to this "
            "policy: a reviewer then sees what a taken-over function could do.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the violating statements of policies of functions' roles."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        roles = attached_roles(properties, stack)
        tasks = [
            TASKS.get(each.section, set())
            for each in stack.of_type(FUNCTION)
            if stack.referenced(each.properties.get("Role")) & roles
        ]
        if not tasks or not stack.is_environment:
            return
        allowed = COMMON.union(*tasks)
        for statement in identity_statements(properties, stack):
            if not set(statement.actions) <= allowed or _reaches_records(statement, stack):
                yield statement.path


def _reaches_records(statement: Statement, stack: ScannedStack) -> bool:
    logs = stack.referenced(
        [each.properties.get(SERVICE_LOGS[each.type]) for each in stack.of_type(*SERVICE_LOGS)]
    )
    named = [stack.named(resource) for resource in statement.resources]
    return any(
        each is not None and (each.section in RECORDS or each.logical_id in logs) for each in named
    )


check = FunctionRoleHasKnownActions()
