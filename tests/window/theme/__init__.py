"""The appearance: contrast, fonts and the shared widgets."""
