"""Places sites in a municipality and province: what the filed address says, and which part of it wins."""
