"""Writes a filing as a file people can open: xlsx, ods or a zip of CSV. What a filing says does not belong here."""
