"""What a job's steps share: directories, the contexts, and the environment of a container step."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.runner.event import Scene, github_context, payload

# What docker gives an image that sets no PATH: moby/moby, oci.DefaultPathEnv.
CONTAINER_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Job:
    """A job on this runner. `environment` is the job's and the step's `env:` together."""

    scene: Scene
    workspace: Path
    temp: Path
    api_url: str
    token: str = "ghs_lab0000000000000000000000000000000000"
    environment: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Makes the directories and `event.json`."""
        for name in ("_github_home", "_github_workflow", "_runner_file_commands"):
            (self.temp / name).mkdir(parents=True, exist_ok=True)
        self.event_path.write_text(json.dumps(payload(self.scene), indent=2), encoding="utf-8")

    @property
    def event_path(self) -> Path:
        """Where the payload lies."""
        return self.temp / "_github_workflow" / "event.json"

    def contexts(self) -> dict[str, Any]:
        """`github` and `runner`, for the defaults of inputs."""
        github = {**self._github(), "token": self.token, "event": payload(self.scene)}
        return {"github": github, "runner": self._runner()}

    def step_environment(self) -> dict[str, str]:
        """Everything but the inputs, the state and the command files.

        The names are the allow-list of `GitHubContext.cs`, and what `ContainerActionHandler.cs` adds. GITHUB_TOKEN is
        not among them.
        """
        github = {f"GITHUB_{name.upper()}": value for name, value in self._github().items()}
        runner = {f"RUNNER_{name.upper()}": value for name, value in self._runner().items()}
        fixed = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "HOME": str(self.temp / "_github_home"),
            "PATH": CONTAINER_PATH,
            "ACTIONS_RUNTIME_URL": "https://pipelines.github.example/",
            "ACTIONS_RUNTIME_TOKEN": "runtime-token",
            "ACTIONS_CACHE_URL": "https://cache.github.example/",
            "ACTIONS_RESULTS_URL": "https://results.github.example/",
        }
        return {**fixed, **github, **runner, **self.environment}

    def _github(self) -> dict[str, str]:
        owner = self.scene.repository.split("/")[0]
        workflow = f"{self.scene.repository}/.github/workflows/images.yml"
        return {
            **github_context(self.scene),
            "action": "__self",
            "action_ref": "",
            "action_repository": "",
            "actor": "octocat",
            "actor_id": "583231",
            "triggering_actor": "octocat",
            "api_url": self.api_url,
            "graphql_url": self.api_url.removesuffix("/v3") + "/graphql",
            "server_url": self.scene.server_url,
            "event_name": self.scene.event,
            "event_path": str(self.event_path),
            "job": "build",
            "repository": self.scene.repository,
            "repository_id": "1296269",
            "repository_owner": owner,
            "repository_owner_id": "583231",
            "retention_days": "90",
            "run_attempt": "1",
            "run_id": "1658821493",
            "run_number": "42",
            "workflow": "images",
            "workflow_ref": f"{workflow}@{github_context(self.scene)['ref']}",
            "workflow_sha": github_context(self.scene)["sha"],
            "workspace": str(self.workspace),
        }

    def _runner(self) -> dict[str, str]:
        return {
            "os": "Linux",
            "arch": "ARM64" if platform.machine() == "aarch64" else "X64",
            "name": "lab",
            "environment": "github-hosted",
            "temp": str(self.temp),
            "tool_cache": str(self.temp / "_tool"),
            "workspace": str(self.workspace.parent),
        }
