"""Changes to boxes as transactions: plan, journal, guard, undo."""
