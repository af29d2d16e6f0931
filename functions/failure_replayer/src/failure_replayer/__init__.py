"""Lambda function that puts dead letters back on the stream once their cause is fixed."""
