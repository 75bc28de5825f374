"""What goes on beyond one sale: holds, orders, customers, cases, packages."""
