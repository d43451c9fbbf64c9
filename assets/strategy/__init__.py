"""The pCES document of a province: its figures, charts and sentences, and the files they are written to."""
