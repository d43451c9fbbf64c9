"""Demand: from accepted rows to canonical demand per site, and its sums per municipality, province and nation."""
