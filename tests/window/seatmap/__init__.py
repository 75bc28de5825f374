"""The seat map, as geometry, as pictures and as a widget."""
