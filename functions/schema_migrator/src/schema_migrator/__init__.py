"""Brings the database schema up to date when the stack is deployed."""
