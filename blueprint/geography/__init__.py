"""Geography of the Blueprint: Dutch municipalities and their provinces by year.

Coordinates, postcodes and grid areas do not belong here; sources and licences are in NOTE.md.
"""
