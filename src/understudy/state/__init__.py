"""What one caller can see or change: worlds, their records, clock, ids and dials."""
