"""A GitHub REST server with state, whose requests are checked against GitHub's published OpenAPI description."""
