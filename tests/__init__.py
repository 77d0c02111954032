"""The tests: unit mirrors bot/, contract runs on every database and directory, the rest on real servers."""
