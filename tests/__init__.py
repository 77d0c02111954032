"""The tests: unit mirrors bot/, contract runs per database and directory, wire and acceptance on real servers."""
