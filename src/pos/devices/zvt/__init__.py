"""ZVT, the language of payment terminals (specification 13.08): orders out, what the terminal says in. No I/O."""
