"""Refuse invalid requests before any state is touched, with the error codes of AWS.

`constraints` and `decoding` apply botocore's service models; `kinesis`, `mappings` and `functions`
hold the rules that no model contains.
"""
