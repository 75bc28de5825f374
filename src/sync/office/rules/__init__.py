"""What the office decides, by fact family. Every function works inside its caller's transaction.

Locks are always taken in one order, so that no two transactions wait for each other:
the till's row, then places sorted by (show, place), then the head of the change log.
"""
