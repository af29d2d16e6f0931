"""What a merge does to the deployed stacks: changes, verdicts and their causes."""
