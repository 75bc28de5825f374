"""Reports on paper and in files: a document (`pos.domain.report`) in a language becomes bytes or lines.

Nothing here adds up: every figure that is shown stands in the document.
"""
