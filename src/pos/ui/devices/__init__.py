"""The devices of this till and the paper that waits for them."""
