"""What was sold, found by a scan or by what was typed."""
