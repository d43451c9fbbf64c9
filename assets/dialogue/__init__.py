"""The dialogue with companies: the form, the answers, and who is still to answer. Judging filings is for intake."""
