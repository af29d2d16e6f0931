"""Lambda function that applies inventory updates from Kinesis to its stores."""
