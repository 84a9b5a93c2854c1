"""The practice card without its driver."""
