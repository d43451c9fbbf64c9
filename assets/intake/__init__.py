"""Intake: from received files to accepted rows, findings and the register."""
