"""Everything that reads what comes from outside, fed by a fuzzer that sees which lines of it were reached."""
