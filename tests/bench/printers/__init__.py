"""The printers' benchmarks: a page to bytes in each language, and a group's 300 tickets through a real worker."""

from tests.bench.printers.group import group_job
from tests.bench.printers.page import page_to_bytes

BENCHES = [page_to_bytes, group_job]
