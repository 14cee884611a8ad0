"""The events: the `github` context and the payload of each, cut down to what a client reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

HEAD_SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
MERGE_SHA = "c0ffee0000000000000000000000000000000001"
BASE_SHA = "ba5e000000000000000000000000000000000001"
EVENTS = (
    "push",
    "pull_request",
    "pull_request_target",
    "workflow_dispatch",
    "schedule",
    "issue_comment",
    "merge_group",
)


@dataclass(frozen=True)
class Scene:
    """Where the event happens. The defaults are what the lab's GitHub server holds after a reset."""

    event: str
    repository: str = "octo-org/images"
    number: int = 7
    head_ref: str = "topic"
    sha: str = HEAD_SHA
    head_repository: str = ""
    action: str = "synchronize"
    merged: bool = False
    server_url: str = "https://github.example"

    @property
    def is_fork(self) -> bool:
        """Whether the pull request comes from another repository."""
        return bool(self.head_repository) and self.head_repository != self.repository


def github_context(scene: Scene) -> dict[str, str]:
    """`ref`, `sha` and their kind.

    https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
    """
    main = {"ref": "refs/heads/main", "ref_name": "main", "sha": BASE_SHA, "head_ref": "", "base_ref": ""}
    branch = {**main, "ref": f"refs/heads/{scene.head_ref}", "ref_name": scene.head_ref, "sha": scene.sha}
    between = {"head_ref": scene.head_ref, "base_ref": "main"}
    merge = {"ref": f"refs/pull/{scene.number}/merge", "ref_name": f"{scene.number}/merge", "sha": MERGE_SHA}
    queue = f"gh-readonly-queue/main/pr-{scene.number}-{BASE_SHA}"
    refs = {
        "push": branch,
        "workflow_dispatch": branch,
        "pull_request": {**merge, **between},
        "pull_request_target": {**main, **between},
        "merge_group": {**main, "ref": f"refs/heads/{queue}", "ref_name": queue, "sha": MERGE_SHA},
    }
    return {**refs.get(scene.event, main), "ref_type": "branch", "ref_protected": "false"}


def payload(scene: Scene) -> dict[str, Any]:
    """The contents of `event.json`."""
    owner, name = scene.repository.split("/")
    url = f"{scene.server_url}/{scene.repository}"
    repository = {
        "id": 1296269,
        "name": name,
        "full_name": scene.repository,
        "private": False,
        "html_url": url,
        "default_branch": "main",
        "owner": {"login": owner, "id": 583231, "type": "Organization"},
    }
    return {"repository": repository, "sender": {"login": "octocat", "type": "User"}, **_specific(scene, url)}


def _specific(scene: Scene, url: str) -> dict[str, Any]:
    if scene.event == "push":
        commit = {"id": scene.sha, "message": "Change the image"}
        return {"ref": f"refs/heads/{scene.head_ref}", "before": BASE_SHA, "after": scene.sha, "head_commit": commit}
    if scene.event in ("pull_request", "pull_request_target"):
        return {"action": scene.action, "number": scene.number, "pull_request": _pull(scene, url)}
    if scene.event == "issue_comment":
        pull = {"html_url": f"{url}/pull/{scene.number}"}
        return {"action": "created", "issue": {"number": scene.number, "pull_request": pull}, "comment": {"id": 1}}
    if scene.event == "merge_group":
        return {"action": "checks_requested", "merge_group": {"head_sha": MERGE_SHA, "base_sha": BASE_SHA}}
    if scene.event == "schedule":
        return {"schedule": "0 6 * * *"}
    return {"inputs": {}, "ref": f"refs/heads/{scene.head_ref}", "workflow": ".github/workflows/images.yml"}


def _pull(scene: Scene, url: str) -> dict[str, Any]:
    head = scene.head_repository or scene.repository
    return {
        "number": scene.number,
        "state": "closed" if scene.action == "closed" else "open",
        "merged": scene.merged,
        "merge_commit_sha": MERGE_SHA,
        "html_url": f"{url}/pull/{scene.number}",
        "user": {"login": "octocat", "type": "User"},
        "head": {"ref": scene.head_ref, "sha": scene.sha, "repo": {"id": 2 if scene.is_fork else 1, "full_name": head, "fork": scene.is_fork}},
        "base": {"ref": "main", "sha": BASE_SHA, "repo": {"id": 1, "full_name": scene.repository, "fork": False}},
    }
