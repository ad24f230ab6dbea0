"""What is played besides acting: scenarios, and recordings."""
