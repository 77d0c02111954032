"""A mail server pair in this very process, for `rollcall demo` and for the tests."""
