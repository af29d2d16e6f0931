"""Rules of the storage of DB instances.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from embedded_aws.emulator.request_validation.errors import Refusal
from embedded_aws.emulator.request_validation.rds_limits import invalid

OPTIMIZING = "storage-optimization"
OPTIMIZATION_SECONDS = 6 * 3600.0
# A private key of the emulator's record of an instance.
CHANGED_AT = "_EmbeddedStorageChangedAt"
SETTINGS = ("AllocatedStorage", "StorageType", "Iops", "StorageThroughput")
MINIMUM_GROWTH = 1.1

Parameters = Mapping[str, Any]


def refusal(parameters: Parameters, instance: Parameters) -> Refusal | None:
    """Return why AWS refuses a change of an instance's storage, or None."""
    allocated = instance["AllocatedStorage"]
    wanted = parameters.get("AllocatedStorage", allocated)
    if wanted < allocated:
        return invalid(
            f"Requested storage size ({wanted}) cannot be less than the current storage size"
            f" ({allocated})"
        )
    if allocated < wanted < allocated * MINIMUM_GROWTH:
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.ScalingUp.html
        return invalid(
            f"Requested storage size ({wanted}) must be at least 10 percent larger than the current"
            f" storage size ({allocated})"
        )
    if changes(parameters, instance) and is_optimizing(instance):
        return invalid(
            "You can't currently modify the storage of this DB instance because the previous"
            " storage change is being optimized."
        )
    maximum = parameters.get("MaxAllocatedStorage", instance.get("MaxAllocatedStorage"))
    # A maximum equal to the storage turns autoscaling off.
    return autoscaling(wanted, maximum) if maximum not in (None, allocated) else None


def autoscaling(allocated: int, maximum: int | None) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html"""
    if maximum is None:
        return None
    if maximum <= allocated:
        return invalid("Max storage size must be greater than storage size")
    if maximum < allocated * MINIMUM_GROWTH:
        return invalid("The maximum allocated storage must be increased by at least 10 percent.")
    return None


def changes(parameters: Parameters, instance: Parameters) -> bool:
    """Return whether parameters change the storage."""
    return any(name in parameters and parameters[name] != instance.get(name) for name in SETTINGS)


def is_optimizing(instance: Parameters) -> bool:
    """Return whether a change of the storage is less than six hours old."""
    return bool(time.time() - instance.get(CHANGED_AT, 0.0) < OPTIMIZATION_SECONDS)


def mark_changed(instance: dict[str, Any]) -> None:
    """Begin the optimisation of an instance's storage."""
    instance[CHANGED_AT], instance["DBInstanceStatus"] = time.time(), OPTIMIZING


def end_optimization(instance: dict[str, Any]) -> None:
    """Make an instance available again when its optimisation has ended."""
    if instance["DBInstanceStatus"] == OPTIMIZING and not is_optimizing(instance):
        instance["DBInstanceStatus"] = "available"
