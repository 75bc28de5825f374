"""What auditors, and those who answer to them, do at a window."""
