"""Energy of the five geographic clusters in CES 3.0; where it is from stands in NOTE.md."""
