"""Signing in by PIN, and unlocking: the basket and the shift are as they were left."""
