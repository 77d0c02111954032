"""Platforms to test connectors on: a Moodle and an odd SCIM server, as the real ones were seen to be."""
