"""Drills in the window: who is due, what was held and what was learned; and, in a drill, who waits at the counter."""
