"""Season files: read and checked whole, then imported in one transaction or not at all."""
