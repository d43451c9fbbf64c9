"""The dialogue with companies: the form and the answers that go out to them. Judging what comes back is for intake."""
