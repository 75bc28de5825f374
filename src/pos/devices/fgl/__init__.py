"""FGL, the language of Boca ticket printers: bytes out, what the printer says in. No I/O."""
