"""What was seen, scanned, lost and done, in SQLite."""
