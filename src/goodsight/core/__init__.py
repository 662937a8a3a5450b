"""Values, ports and the use cases. NumPy and the standard library only; knows no I/O."""
