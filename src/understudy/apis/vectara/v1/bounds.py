"""How much one call may ask. Guesses: the docs have codes for too much of it, and no numbers."""

from __future__ import annotations

MOST_QUERIES = 64
"""Queries of a batch."""
MOST_CORPORA = 64
"""Corpora of a query."""
MOST_SUMMARIES = 16
"""Summaries of a query."""
LONGEST_QUERY = 5000
LONGEST_FILTER = 8000
"""Characters, as v2 takes them."""
