"""What goes on beyond one sale: customers, cases, packages."""
