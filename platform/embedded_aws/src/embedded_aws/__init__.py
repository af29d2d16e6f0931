"""Run AWS on one machine: an endpoint, PostgreSQL servers and a cache.

`python -m embedded_aws` is its command line. The README describes the command line, the state file
and the patches to ministack.
"""

__version__ = "0.1.0"
