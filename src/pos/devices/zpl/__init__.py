"""ZPL, the language of Zebra label printers: bytes out, what the printer says in. No I/O."""
