"""Training: a till beside the till, with an office, a season and a folder of its own. Nothing in it is real."""
