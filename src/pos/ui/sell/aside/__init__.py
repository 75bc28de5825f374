"""What takes the panel's place for a moment: a question with its answers, one key each."""
