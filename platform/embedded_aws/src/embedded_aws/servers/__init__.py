"""Start, watch, restart and stop the server processes of one embedded AWS.

`launcher` is the entry point; `layout` describes the files of an embedded AWS, and `state` the file
that other programs read. No module of this package imports ministack: it runs in the endpoint's
process, see `embedded_aws.emulator`.
"""
