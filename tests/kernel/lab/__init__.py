"""A network of two hosts with real Linux TCP, and a path between them that loses, delays, reorders and doubles by seed."""
