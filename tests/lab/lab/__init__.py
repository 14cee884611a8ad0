"""The lab: the real parts, and stand-ins for what cannot be had, that the tests run against."""
