"""Makes workbooks of tables, for whoever knows Excel and no Parquet."""
