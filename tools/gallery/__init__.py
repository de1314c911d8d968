"""A picture book of every page with made-up data, so that the design can be looked at without a database."""
