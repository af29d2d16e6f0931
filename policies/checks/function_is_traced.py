"""Policy: X-Ray records what functions wait for."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import always
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at


class FunctionIsTraced(TemplateCheck):
    """Fail without active tracing; with `PassThrough`, callers decide, and no caller traces."""

    def __init__(self) -> None:
        super().__init__(
            name="A function is traced",
            id="CKV_CATALOG_72",
            categories=(CheckCategories.LOGGING,),
            supported_resources=("AWS::Lambda::Function",),
            guideline="Set processor.tracing to true, which is for all functions.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the mode.

        https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html#lambda-7
        """
        if not always(at(resource.properties, "TracingConfig/Mode"), "Active"):
            yield "Properties/TracingConfig"


check = FunctionIsTraced()
