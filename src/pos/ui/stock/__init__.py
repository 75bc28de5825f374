"""Stock at the window: ticket paper, and the seats of shows."""
