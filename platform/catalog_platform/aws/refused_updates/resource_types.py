"""Rules of CloudFormation about the type of a resource, and what implements a custom one.

The message of the first is in https://github.com/aws/aws-sam-cli/issues/6786, that of the second in
https://github.com/cloudcomponents/cdk-constructs/issues/197.
"""

from __future__ import annotations

from catalog_platform.aws.provider_schemas import is_custom
from catalog_platform.aws.refused_updates.model import Rule

GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"

RULES = (
    Rule(
        type="",
        property="Type",
        reason='a logical id keeps its type: give the new resource another one ("Update of'
        ' resource type is not permitted")',
        source=f"{GUIDE}/using-cfn-updating-stacks-get-template.html",
        refuses=lambda update: update.changes_type,
        of_types=True,
    ),
    Rule(
        type="",
        property="ServiceToken",
        reason="a custom resource keeps its function: give it another logical id, which deletes the"
        ' old one after the new one is created ("Modifying service token is not allowed")',
        source=f"{REFERENCE}/aws-resource-cloudformation-customresource.html",
        refuses=lambda update: is_custom(update.type) and update.changes("ServiceToken"),
    ),
)
