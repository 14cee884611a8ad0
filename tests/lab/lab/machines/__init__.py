"""Machines: one sshd per instance, in namespaces of its own, on a copy-on-write clone of the host."""
