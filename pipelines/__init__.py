"""How it runs: definitions, jobs, schedules, sensors, settings and the command line. Wiring only."""
