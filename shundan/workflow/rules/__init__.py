"""What is true of workflows."""
