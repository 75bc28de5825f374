"""Workers: one thread and one bounded queue a printer, and what they do with the hardware."""
