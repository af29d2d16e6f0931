"""Policy: a queue refuses requests without TLS."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.plain_http import refuses_plain_http
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck


class QueueRefusesPlainHttp(TemplateCheck):
    """Fail unless a policy denies every action without TLS."""

    def __init__(self) -> None:
        super().__init__(
            name="A queue refuses requests without TLS",
            id="CKV_CATALOG_7",
            categories=(CheckCategories.ENCRYPTION,),
            supported_resources=("AWS::SQS::Queue",),
            guideline="Attach a resource policy with a statement that denies every action to "
            "everyone unless aws:SecureTransport is true; in the CDK that is `enforce_ssl=True`.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the resource as a whole: the statement is in a policy next to it."""
        if not refuses_plain_http(
            ScannedStack(resource, resources),
            policy="AWS::SQS::QueuePolicy",
            attached_by="Queues",
            action="sqs:*",
            resources=("",),
        ):
            yield ""


check = QueueRefusesPlainHttp()
