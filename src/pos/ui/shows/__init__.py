"""All shows: the whole programme, searched by typing, chosen with Enter."""
