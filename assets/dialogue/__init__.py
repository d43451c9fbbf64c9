"""The dialogue with companies: what goes out to them and what comes back of it."""
