"""Scanners that type like a keyboard, and what the window does with a scan."""
