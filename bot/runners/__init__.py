"""What runs: intake, workers, delivery and the conversation's clock, over ports alone."""
