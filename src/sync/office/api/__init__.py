"""The office's face to the tills: signed HTTP."""
