"""Metrics in CloudWatch's embedded metric format: one line on standard output.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

NAMESPACE = "ProductCatalog"


@dataclass(frozen=True, slots=True)
class Metrics:
    """Counts with the dimension `Environment`."""

    environment_name: str

    def emit(self, counts: Mapping[str, int]) -> None:
        """Write the counts as one line."""
        definition = {
            "Namespace": NAMESPACE,
            "Dimensions": [["Environment"]],
            "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
        }
        line = {
            "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]},
            "Environment": self.environment_name,
            **counts,
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
