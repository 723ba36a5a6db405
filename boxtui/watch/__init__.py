"""Threads that keep the model live: events, stats, logs."""
