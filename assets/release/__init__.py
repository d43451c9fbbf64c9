"""Makes a release: the figures that leave the province, per tier, protected against all that left before.

The mathematics of protection is in `assets.disclosure`; a release is asked for by an analyst and never part of a run.
"""
