"""Doors for programs written for other services, each in a shape of its own."""
