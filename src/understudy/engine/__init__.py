"""HTTP: the contract made executable, with nothing in it about either API."""
