"""The counter window: the only room that knows Qt."""
