"""What goes back to each company: a letter on its own filing and on the infrastructure planned in its area."""
