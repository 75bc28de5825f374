"""The supervisor's inbox: what the office could not agree with, and what is decided about it."""
