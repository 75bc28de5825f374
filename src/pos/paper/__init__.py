"""Paper: a layout and a job's content become a page, and a page becomes dots, lines or PDF.

Everything here is a pure function of what it is given. Files are read, and bytes
are sent, elsewhere.
"""
