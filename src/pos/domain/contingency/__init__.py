"""The contingency plan: which level a till is at, and what the venue's plan says of it."""
