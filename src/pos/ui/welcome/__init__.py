"""The first start: join an office, or sell with this till alone."""
