"""The figures that matter, as ratios to a peer measured in the same run (docs/performance.md)."""
