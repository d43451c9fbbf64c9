"""What may be shown, and to whom: primary rules, secondary suppression, insiders and the audit of what was published.

Plain functions over arrays and Arrow tables; who runs them and where the tables lie is for others.
"""
