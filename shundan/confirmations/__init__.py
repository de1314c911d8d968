"""Orders that their customers confirm: the paper they got, what they said of it, and what waits for it."""
