"""What is true of bank statements and of matching them."""
