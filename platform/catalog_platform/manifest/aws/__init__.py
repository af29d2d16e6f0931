"""What AWS and PostgreSQL accept: compact copies of published data, with source and date.

The JSON files are generated from cfn-lint, botocore and a PostgreSQL server by
tests/manifest/aws/test_data.py, which also fails when a file differs from the installed versions.
Reading them loads none of these packages.
"""
