"""What is true of journals: the shipped chart of accounts, which account holds, and the files accountants read."""
