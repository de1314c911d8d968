"""Who is told what by which channel, and what each person wishes of that."""
