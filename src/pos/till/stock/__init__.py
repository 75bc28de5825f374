"""Stock: the house's blank tickets, and the seats of its shows."""
