"""Reports at the window: chosen, asked for, looked at with their charts, printed and written to files."""
