"""The command line: one file per command. Prints, exits, draws progress; nothing else does."""
