"""Time limits that only a hanging program reaches, also on a slow or busy machine."""

from __future__ import annotations

# Commands and workflows that deploy. On a busy machine, a rehearsal took over five minutes.
COMMAND_SECONDS = 900
