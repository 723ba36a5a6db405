"""Findings: one function a rule, in packs."""
