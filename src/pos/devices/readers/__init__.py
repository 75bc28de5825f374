"""What scanners and card readers send, as texts: bytes in, readings out; no I/O."""
