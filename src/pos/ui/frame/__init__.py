"""The frame that every screen shares: top bar, the line under it, show tabs, rail, toast, help."""
