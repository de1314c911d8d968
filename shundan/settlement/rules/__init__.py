"""What is true of bank statements, of matching them, and of writing off."""
