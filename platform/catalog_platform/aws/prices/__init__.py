"""List prices of AWS: the table in `policies/prices/`, and AWS's price list files."""
