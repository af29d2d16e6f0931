"""Policy: the log of a function has its errors and metrics, in a form that can be searched."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.identity_policies import TYPES, attached_roles, identity_statements
from catalog_platform.policy.intrinsics import always
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

# Lines without a level, such as those with metrics, count as INFO.
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
LEVELS = {
    "ApplicationLogLevel": {"TRACE", "DEBUG", "INFO"},
    "SystemLogLevel": {"DEBUG", "INFO"},
}
# The level that functions of this repository apply themselves; metrics are written at each.
VARIABLE = "LOG_LEVEL"
KNOWN = {"DEBUG", "INFO", "WARNING", "ERROR"}
PATH = "Properties/LoggingConfig"
MANAGED = ("AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole")


class FunctionLogsKeepMetrics(TemplateCheck):
    """Fail for logs in plain text, levels that drop metrics or errors, and a role without a log."""

    def __init__(self) -> None:
        super().__init__(
            name="A function logs in JSON, and its log keeps errors and metrics",
            id="CKV_CATALOG_71",
            categories=(CheckCategories.LOGGING,),
            supported_resources=("AWS::Lambda::Function",),
            guideline="Set LogFormat to JSON and leave the filters of Lambda at INFO or below: "
            "CloudWatch reads the metrics of most alarms from the log. Set processor.log_level "
            "instead.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the format, the filters of Lambda, the function's own level, and its role."""
        stack = ScannedStack(resource, resources)
        config = resource.properties.get("LoggingConfig", {})
        if not always(config.get("LogFormat"), "JSON"):
            yield f"{PATH}/LogFormat"
        for name, allowed in LEVELS.items():
            if not set(stack.texts(config.get(name))) <= allowed:
                yield f"{PATH}/{name}"
        variables = resource.properties.get("Environment", {}).get("Variables", {})
        if not set(stack.texts(variables.get(VARIABLE))) <= KNOWN:
            yield f"Properties/Environment/Variables/{VARIABLE}"
        roles = stack.referenced(resource.properties.get("Role"))
        if roles and not _can_log(roles, stack.referenced(config.get("LogGroup")), stack):
            yield "Properties/Role"


def _can_log(roles: frozenset[str], groups: frozenset[str], stack: ScannedStack) -> bool:
    """Return whether a policy of the stack, or AWS's, lets one of the roles write to the log.

    Without it, a function works as before, and its metrics stop.
    """
    attached = [stack.resources[role].properties.get("ManagedPolicyArns") for role in roles]
    if any(name in str(attached) for name in MANAGED):
        return True
    for policy in stack.of_type(*TYPES):
        inside = ScannedStack(policy, stack.resources)
        if attached_roles(policy.properties, inside) & roles:
            for statement in identity_statements(policy.properties, inside):
                named = [stack.named(each) for each in statement.resources]
                if statement.allows_action("logs:putlogevents") and any(
                    each is not None and each.logical_id in groups for each in named
                ):
                    return True
    return False


check = FunctionLogsKeepMetrics()
