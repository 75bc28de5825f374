"""The drawer: the shift's state, cash in and out for other reasons than sales, and the way to the close."""
