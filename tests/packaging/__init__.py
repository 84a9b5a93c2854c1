"""What is shipped, what it is locked to, who may import whom, and what a fresh machine is told."""
