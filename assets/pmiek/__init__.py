"""pMIEK: the input tables of a province's infrastructure programme, made from the demand tables."""
