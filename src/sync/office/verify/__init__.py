"""The checker. It shares no code with the rules that it checks: plain SQL and its own reading of facts."""
