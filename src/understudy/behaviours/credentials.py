"""What a credential can look like."""

LONGEST = 4096


def is_well_formed(credential: str) -> bool:
    """Whether a text could be a credential: printable ASCII without blanks."""
    return 0 < len(credential) <= LONGEST and all("!" <= character <= "~" for character in credential)
