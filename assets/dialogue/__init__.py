"""What goes back and forth with a company: the form it fills in. Judging what comes back belongs in the intake."""
