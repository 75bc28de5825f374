"""ESC/POS, the language of receipt printers: bytes out, what the printer says in. No I/O."""
