"""The shift: opened with a float, closed with a count, and the report that says the difference."""
