"""Our patches to ministack, which run in the endpoint's process: `python -m embedded_aws.emulator`.

There is one module per concern. Each replaces or adds something that the pinned ministack lacks,
through the names listed in `patched_names`. The README lists all modules.
"""
