"""What a user waits for: `catalogctl` against a plain CDK app and checkov's command line."""
