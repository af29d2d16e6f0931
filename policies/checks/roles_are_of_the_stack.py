"""Policy: functions and services work with roles of the stack, and policies are for these."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.identity_policies import POLICIES
from catalog_platform.policy.intrinsics import items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at

FUNCTION = "AWS::Lambda::Function"
ROLE = "AWS::IAM::Role"
# The properties with the role that AWS assumes for a resource.
ROLES: dict[str, tuple[str, ...]] = {
    "AWS::Backup::BackupSelection": ("BackupSelection/IamRoleArn",),
    "AWS::CloudTrail::Trail": ("CloudWatchLogsRoleArn",),
    "AWS::EC2::FlowLog": ("DeliverCrossAccountRole", "DeliverLogsPermissionArn"),
    FUNCTION: ("Role",),
    "AWS::RDS::DBInstance": ("MonitoringRoleArn", "AssociatedRoles"),
    "AWS::RDS::DBProxy": ("RoleArn",),
    "AWS::S3::Bucket": ("ReplicationConfiguration/Role",),
    "AWS::SNS::Subscription": ("SubscriptionRoleArn",),
}
# The identities to which a policy can be attached, and what each has to be.
ATTACHED = {"Groups": (), "Roles": (ROLE,), "Users": ()}


class RolesAreOfTheStack(TemplateCheck):
    """Fail for roles that are none of the stack or shared, and policies for other identities."""

    def __init__(self) -> None:
        super().__init__(
            name="Each function has a role of its own, and every role and policy is of the stack",
            id="CKV_CATALOG_70",
            categories=(CheckCategories.IAM,),
            supported_resources=(*ROLES, *POLICIES),
            guideline="Create a role for each function and service: another owner extends a role "
            "of another stack, and a shared role has the permissions of all its users.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the properties with other identities, in the stack of an environment."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        if not stack.is_environment:
            return
        for name in ROLES.get(resource.type, ()):
            for path, value in items(at(properties, name), f"Properties/{name}"):
                if not _named(value, (ROLE,), stack) or _is_shared(value, stack):
                    yield path
        if resource.type in POLICIES:
            for name, types in ATTACHED.items():
                for path, value in items(properties.get(name), f"Properties/{name}"):
                    if not _named(value, types, stack):
                        yield path


def _named(value: object, types: tuple[str, ...], stack: ScannedStack) -> bool:
    return any(stack.resources[name].type in types for name in stack.referenced(value))


def _is_shared(value: object, stack: ScannedStack) -> bool:
    """Return whether the checked resource is a function, and another one has its role."""
    others = [
        each.properties.get("Role")
        for each in stack.of_type(FUNCTION)
        if each.logical_id != stack.resource.logical_id
    ]
    is_function = stack.resource.type == FUNCTION
    return is_function and bool(stack.referenced(value) & stack.referenced(others))


check = RolesAreOfTheStack()
