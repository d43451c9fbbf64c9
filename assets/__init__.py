"""What is made: one folder a stage, in the order the data flows. How it is run belongs in `pipelines`."""
