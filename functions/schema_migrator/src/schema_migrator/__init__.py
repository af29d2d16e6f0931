"""Lambda function that migrates the database schema when the stack is deployed."""
