"""The monthly cost of a stack, from its template and the table of prices."""
