"""What a counter does when it must do without: packs of paper tickets."""
