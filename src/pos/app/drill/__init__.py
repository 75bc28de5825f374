"""Drills: where they are ordered and logged, and what they let fail."""
