"""An attachment's bytes become learner rows with a check each, or a verdict with the way out."""
