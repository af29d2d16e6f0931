"""Time limits that only a hanging program reaches, also on a slow or busy machine."""

from __future__ import annotations

# For commands and workflows that deploy; they take 10 to 60 seconds on a quiet machine.
COMMAND_SECONDS = 900
