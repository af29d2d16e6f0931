"""The adapter that runs inside the emulator's process: `python -m catalog_platform.local.emulator`.

It runs under the Python of the embedded AWS, which has ministack, psycopg, redis and boto3, and
nothing of the platform's other packages. One module per concern: each replaces or adds something
that the pinned ministack lacks, through the names listed in `internals`.
"""
