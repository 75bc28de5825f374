"""Benchmarks: each prints its floor or peer from the same run, and is judged by the ratio.

A subpackage (`tests.bench.till`, …) holds a list `BENCHES` of callables. Each returns one
record or a list of them: a dict with `name`, `value`, `unit`, `floor_name`, `floor`, `ratio`,
`goal`, `ok`, and `p99` where a worst case is part of the goal. `make bench` runs them all.
"""
