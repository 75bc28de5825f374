"""The settings screen: look, scale, lock and sounds of this window."""
