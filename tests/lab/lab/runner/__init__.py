"""Runs a binary as GitHub's runner runs a container action's step, as far as a process can see it.

What is different: paths are the host's and not `/github/...`, and the process is not PID 1. The rest follows
https://github.com/actions/runner: inputs, environment, command files, workflow commands, masks, cancellation.
"""
