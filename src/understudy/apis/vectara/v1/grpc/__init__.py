"""v1 by gRPC: each call is one of REST, made in this process; see ADR 12."""
