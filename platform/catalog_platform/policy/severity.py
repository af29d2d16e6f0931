"""How severe a policy is. The finding of a policy is an error from a tier's threshold on."""

from __future__ import annotations

import enum


@enum.unique
class PolicySeverity(enum.Enum):
    """The severity of a policy, the most severe first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Return the sort key: 0 for the most severe."""
        return list(PolicySeverity).index(self)

    def reaches(self, threshold: PolicySeverity) -> bool:
        """Return whether this is at least as severe as a threshold."""
        return self.rank <= threshold.rank
