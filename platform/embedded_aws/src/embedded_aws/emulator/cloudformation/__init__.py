"""CloudFormation's operations on stacks, as AWS documents them.

The emulator parses templates, resolves functions, computes change sets and has the handlers of the
resource types. This package runs the operations: it decides which resources change, replaces,
retains and deletes them, watches alarms, rolls back, and refuses what a stack's status forbids.
"""
