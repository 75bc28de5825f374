"""Orders: what waits for somebody, list by list, and handing it out."""
