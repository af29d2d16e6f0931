"""Policy: a topic refuses messages without TLS."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.plain_http import refuses_plain_http
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

POLICY = "AWS::SNS::TopicPolicy"


class TopicRefusesPlainHttp(TemplateCheck):
    """Fail unless a policy denies publishing without TLS."""

    connected = frozenset({POLICY})

    def __init__(self) -> None:
        super().__init__(
            name="A topic refuses messages without TLS",
            id="CKV_CATALOG_8",
            categories=(CheckCategories.ENCRYPTION,),
            supported_resources=("AWS::SNS::Topic",),
            guideline="Attach a resource policy with a statement that denies sns:Publish to "
            "everyone unless aws:SecureTransport is true; in the CDK that is `enforce_ssl=True`.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the policy without such a statement, which is a resource of its own."""
        if not refuses_plain_http(
            ScannedStack(resource, resources),
            policy=POLICY,
            attached_by="Topics",
            action="sns:publish",
            resources=("",),
        ):
            yield "TopicPolicy"


check = TopicRefusesPlainHttp()
