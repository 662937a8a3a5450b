"""The Dockerfile's steps taken on this machine without an engine, and its container lived."""
