"""The window that the customer sees."""
