"""The seat map: one widget over columns, for a studio of 220 seats and a bowl of 100,000 alike."""
