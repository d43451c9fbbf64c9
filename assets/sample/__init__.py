"""Makes sample rounds: fictional companies, their mistakes, and open data as if it had been filed.

Nothing here is used by the intake or the outcomes; no figure of a real company is in it.
"""
