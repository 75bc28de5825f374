"""What people can do at a till, and the one thread that makes it durable."""
