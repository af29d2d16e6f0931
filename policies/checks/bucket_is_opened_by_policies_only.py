"""Policy: nothing but policies opens a bucket: no access control list, website or CORS rule."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import always, items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
OPENINGS = ("CorsConfiguration", "WebsiteConfiguration")


class BucketIsOpenedByPoliciesOnly(TemplateCheck):
    """Fail for access control lists, public access, a website and cross-origin requests."""

    def __init__(self) -> None:
        super().__init__(
            name="Nothing but policies opens a bucket",
            id="CKV_CATALOG_56",
            categories=(CheckCategories.IAM,),
            supported_resources=("AWS::S3::Bucket",),
            guideline="Leave AccessControl away, keep ObjectOwnership at BucketOwnerEnforced and "
            "all four blocks of public access on, and serve objects through a function.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield what opens the bucket. Buckets from before April 2023 have access control lists.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
        """
        properties = resource.properties
        is_environment = ScannedStack(resource, resources).is_environment
        yield from (f"Properties/{name}" for name in OPENINGS if name in properties)
        if not always(properties.get("AccessControl", "Private"), "Private"):
            yield "Properties/AccessControl"
        controls = properties.get("OwnershipControls", {})
        if is_environment and not controls:
            yield "Properties/OwnershipControls"
        for path, rule in items(controls.get("Rules"), "Properties/OwnershipControls/Rules"):
            if not always(rule.get("ObjectOwnership"), "BucketOwnerEnforced"):
                yield path
        blocks = properties.get("PublicAccessBlockConfiguration")
        if blocks is not None:
            yield from (
                f"Properties/PublicAccessBlockConfiguration/{name}"
                for name in BLOCKS
                if not always(blocks.get(name), True)
            )


check = BucketIsOpenedByPoliciesOnly()
