"""One appearance: tokens, fonts, one stylesheet and the small widgets every screen shares.

Nothing here imports numpy: this package is on the way to the first painted frame.
"""
