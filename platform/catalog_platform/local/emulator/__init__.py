"""The adapter that runs inside the emulator: `python -m catalog_platform.local.emulator`.

It runs in the Python environment of the embedded AWS, which has ministack, psycopg, redis and
boto3, and none of the platform's other packages. There is one module per concern. Each replaces or
adds something that the pinned ministack lacks, through the names listed in `internals`.
"""
