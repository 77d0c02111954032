"""Benchmarks: one module a line of docs/performance.md, each against a floor measured in the same run."""
