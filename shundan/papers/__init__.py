"""Papers of all rooms as PDF: which kinds there are, how each shall look, and printing many at once."""
