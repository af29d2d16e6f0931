"""Verification of a deployed catalog: sends updates, and reconciles where each arrives."""
