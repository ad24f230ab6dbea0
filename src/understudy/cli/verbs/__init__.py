"""Commands about a running server, each noun in a module of its own."""
