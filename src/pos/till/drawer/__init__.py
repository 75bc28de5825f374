"""The drawer: shifts and their money."""
