"""Lifecycles: what is created is listed, read, changed and deleted, and then gone.

A family of resources is described in `families/<api>.yaml`. Hypothesis walks through its operations in any
order and tells the shortest way to what is wrong.
"""

from understudy.conformance.lifecycles.bodies import MARK, filled_in, member
from understudy.conformance.lifecycles.families import (
    Family,
    account_operations,
    families,
    stream_scripts,
    usual_headers,
    weak_keys,
)
from understudy.conformance.lifecycles.prepared import Prepared
from understudy.conformance.lifecycles.walk import check

__all__ = [
    "MARK",
    "Family",
    "Prepared",
    "account_operations",
    "check",
    "families",
    "filled_in",
    "member",
    "stream_scripts",
    "usual_headers",
    "weak_keys",
]
