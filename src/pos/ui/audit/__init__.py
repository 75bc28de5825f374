"""The audit in the window: settlements, what is open, and people."""
