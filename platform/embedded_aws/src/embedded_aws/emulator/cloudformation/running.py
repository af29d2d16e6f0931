"""One operation at a time per stack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from weakref import WeakValueDictionary

from embedded_aws.emulator.cloudformation import events
from embedded_aws.emulator.cloudformation.events import Stack
from embedded_aws.emulator.cloudformation.statuses import after_interruption

logger = logging.getLogger("cloudformation")

# The status before a deletion was requested. A creation under way stops before its next resource.
DELETION_REQUESTED = "_deletion_requested"

_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


@contextlib.asynccontextmanager
async def exclusively(stack: Stack) -> AsyncIterator[None]:
    """Wait for the stack's operation under way; fail the stack if this one raises."""
    lock = _locks.setdefault(stack["StackId"], asyncio.Lock())
    async with lock:
        try:
            yield
        except Exception as error:
            logger.exception("operation on %s", stack["StackName"])
            status = after_interruption(stack["StackStatus"])
            events.set_status(stack, status, f"The embedded AWS failed: {error!r}")
