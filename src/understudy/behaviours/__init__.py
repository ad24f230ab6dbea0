"""The acting: pure functions of their arguments, without HTTP and without state."""
