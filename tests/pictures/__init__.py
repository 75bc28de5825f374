"""Pictures of every screen: the real window over a real till, for whoever looks. `python -m tests.pictures --help`."""
