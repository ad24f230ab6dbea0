"""What has gone wrong in servers of this kind, and how it is seen that it does not here."""
