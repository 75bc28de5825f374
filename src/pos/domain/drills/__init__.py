"""Drills: what is put before a person, how it is judged, when the next one is due, and what was learned."""
