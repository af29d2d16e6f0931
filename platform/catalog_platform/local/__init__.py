"""Start, stop and inspect the embedded AWS, a program of its own: an AWS on this machine.

This package starts `python -m embedded_aws` and reads the files that it writes; it imports nothing
from it. `platform/embedded_aws/README.md` documents the command line and the files.
"""
