"""Platforms to test connectors on: a Moodle and an odd SCIM server that behave as the real ones were seen to."""
