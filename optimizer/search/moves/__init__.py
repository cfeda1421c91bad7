"""The neighbourhoods of the search, one module a family.

Each `propose` writes an offer and its sides for a lane, with every part of its cost that is known without walking, and
tells whether there is something to evaluate. The threshold is drawn before, so that a proposal may stop at any
proof that it cannot be accepted.
"""
