"""Policy: stores, endpoints and functions are in each availability zone of the network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at

SUBNET = "AWS::EC2::Subnet"
# The property that names the subnets.
PLACED = {
    "AWS::EC2::VPCEndpoint": "SubnetIds",
    "AWS::ElastiCache::SubnetGroup": "SubnetIds",
    "AWS::Lambda::Function": "VpcConfig/SubnetIds",
    "AWS::RDS::DBProxy": "VpcSubnetIds",
    "AWS::RDS::DBSubnetGroup": "SubnetIds",
}


class PlacementCoversEveryZone(TemplateCheck):
    """Fail for subnets in fewer zones than the network has."""

    def __init__(self) -> None:
        super().__init__(
            name="Stores, endpoints and functions are in each availability zone of the network",
            id="CKV_CATALOG_76",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=tuple(PLACED),
            guideline="Pass the subnets of all zones in network.availability_zones: what is in one "
            "zone only fails with it, although the rest of the stack goes on.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Compare the zones of the subnets. CKV_CATALOG_20 reports subnets of other stacks."""
        stack = ScannedStack(resource, resources)
        name = PLACED[resource.type]
        used = [resources[each] for each in stack.referenced(at(resource.properties, name))]
        zones = _zones(used)
        if zones and zones != _zones(resources.values()):
            yield f"Properties/{name}"


def _zones(resources: Iterable[Resource]) -> set[str]:
    """Return the zones of the subnets among resources; one that the deployment selects, as text."""
    return {
        json.dumps(each.properties.get("AvailabilityZone"))
        for each in resources
        if each.type == SUBNET
    }


check = PlacementCoversEveryZone()
