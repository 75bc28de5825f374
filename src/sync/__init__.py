"""What tills and the office say to each other, and both ends that say it."""
