"""The auditor's part: what is flagged and what is left open, who sees to it, and what was settled."""
