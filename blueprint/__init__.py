"""What is agreed: the Blueprint pCES as data, and the small model that reads it.

Nothing here knows Dagster, DuckDB or any file but its own.
"""
