"""The GitHub server: what it serves, what it refuses and what it can be told to spoil."""

from __future__ import annotations

import time
import urllib.error
from http.client import RemoteDisconnected

import pytest
from conftest import HEADERS, Client
from lab.github.render import Renderer
from lab.github.sample import MOMENT
from lab.github.server import GitHubServer
from lab.github.state import Comment

COMMENTS = "/repos/octo-org/images/issues/7/comments"
SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"


def comment(client: Client, body: str = "hello") -> int:
    answer = client.send("POST", COMMENTS, {"body": body})
    assert answer.status == 201, answer
    return answer.body["id"]


def test_a_comment_is_created_once_edited_and_deleted(client: Client) -> None:
    number = comment(client)
    path = f"/repos/octo-org/images/issues/comments/{number}"
    assert client.send("PATCH", path, {"body": "changed"}).body["body"] == "changed"
    assert client.send("GET", path).body["user"]["login"] == "github-actions[bot]"
    assert client.lab("GET", "state")["comments"][0]["edited_by"] == ["github-actions[bot]"]
    assert client.send("DELETE", path).status == 204
    assert client.send("GET", path).status == 404
    assert client.lab("GET", "violations") == []


def test_comments_come_in_pages_with_links(client: Client) -> None:
    for number in range(5):
        comment(client, f"comment {number}")
    first = client.send("GET", COMMENTS + "?per_page=2")
    assert len(first.body) == 2
    assert 'page=2>; rel="next"' in first.headers["link"] and 'page=3>; rel="last"' in first.headers["link"]
    last = client.send("GET", COMMENTS + "?per_page=2&page=3")
    assert [item["body"] for item in last.body] == ["comment 4"]
    assert 'rel="next"' not in last.headers["link"]


def test_every_read_meets_the_description(client: Client) -> None:
    client.lab("POST", "settings", {"login": "octocat"})
    base = "/repos/octo-org/images"
    for path in ("", "/pulls", "/pulls/7", f"/commits/{SHA}/pulls"):
        assert client.send("GET", base + path).status == 200
    assert client.send("GET", "/user").body["login"] == "octocat"
    assert client.send("GET", "/rate_limit").status == 200
    assert client.lab("GET", "violations") == []


def test_an_answer_of_the_lab_against_the_description_is_noticed(server: GitHubServer) -> None:
    schema = {"$ref": "#/components/schemas/issue-comment"}
    good = Renderer(server.gateway.description, server.url).comment(Comment(1, "o/r", 7, "a", "b", MOMENT, MOMENT))
    assert server.gateway.description.mismatches(schema, good) == []
    good["user"]["login"] = 1
    assert server.gateway.description.mismatches(schema, good) != []


def test_pulls_are_found_by_head_and_state(client: Client) -> None:
    client.lab("POST", "pulls", {"repository": "octo-org/images", "number": 8, "head_repository": "mona/images",
                                 "head_ref": "fix", "head_sha": "a" * 40, "state": "closed"})  # fmt: skip
    path = "/repos/octo-org/images/pulls?head=mona:fix"
    assert client.send("GET", path).body == []
    assert [pull["number"] for pull in client.send("GET", path + "&state=all").body] == [8]
    assert client.send("GET", "/repos/octo-org/images/commits/" + "b" * 40 + "/pulls").status == 422


def test_the_enterprise_base_path_works_and_stays_in_the_links(client: Client) -> None:
    for _ in range(2):
        comment(client)
    answer = client.send("GET", f"/api/v3{COMMENTS}?per_page=1")
    assert f"/api/v3{COMMENTS}" in answer.headers["link"]
    assert "/api/v3/repos/" in answer.body[0]["url"]


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("GET", COMMENTS + "?sort=created", None, "unknown query parameter `sort`"),
        ("GET", COMMENTS + "?per_page=many", None, "not an integer"),
        ("GET", "/repos/octo-org/images/pulls?state=merged", None, "not one of"),
        ("POST", COMMENTS, {"text": "x"}, "'body' is a required property"),
        ("POST", COMMENTS, {"body": 1}, "not of type 'string'"),
        ("POST", COMMENTS, {"body": "x", "marker": "y"}, "unknown body field `marker`"),
    ],
)
def test_a_request_against_the_description_is_refused_and_recorded(
    client: Client, method: str, path: str, body: object, said: str
) -> None:
    answer = client.send(method, path, body)
    assert answer.status == 400 and said in answer.body["message"]
    assert said in str(client.lab("GET", "violations"))


def test_an_unknown_path_is_a_violation(client: Client) -> None:
    assert client.send("GET", "/repos/octo-org/images/coments").status == 404
    assert client.lab("GET", "violations")[0]["by"] == "client"


def test_headers_are_checked(client: Client) -> None:
    assert client.send("GET", COMMENTS, headers={**HEADERS, "Authorization": ""}).status == 401
    assert client.send("GET", COMMENTS, headers={**HEADERS, "User-Agent": ""}).status == 403
    assert client.send("GET", COMMENTS, headers={**HEADERS, "X-GitHub-Api-Version": "2020-01-01"}).status == 400
    client.lab("POST", "settings", {"token": "other"})
    assert client.send("GET", COMMENTS).body["message"] == "Bad credentials"


@pytest.mark.parametrize("settings", [{"pull-requests": "read"}, {"pull-requests": "none"}, {"fork": True}])
def test_a_token_without_permission_may_read_and_not_write(client: Client, settings: dict[str, object]) -> None:
    client.lab("POST", "settings", settings)
    assert client.send("GET", COMMENTS).status == 200
    answer = client.send("POST", COMMENTS, {"body": "x"})
    assert (answer.status, answer.body["message"]) == (403, "Resource not accessible by integration")


def test_a_workflow_token_has_no_user(client: Client) -> None:
    assert client.send("GET", "/user").status == 403


def test_a_body_may_have_65536_characters_and_no_more(client: Client) -> None:
    comment(client, "ü" * 65_536)
    answer = client.send("POST", COMMENTS, {"body": "x" * 65_537})
    assert answer.status == 422
    assert answer.body["errors"][0]["message"] == "Body is too long (maximum is 65536 characters)"


def test_a_forged_marker_keeps_its_author(client: Client) -> None:
    forged = {"repository": "octo-org/images", "number": 7, "author": "mallory", "body": "<!-- marker -->"}
    client.lab("POST", "comments", forged)
    assert client.send("GET", COMMENTS).body[0]["user"]["login"] == "mallory"


def test_a_comment_whose_author_is_gone_has_no_user(client: Client) -> None:
    client.lab("POST", "comments", {"repository": "octo-org/images", "number": 7, "author": "", "body": "x"})
    assert client.send("GET", COMMENTS).body[0]["user"] is None
    assert client.lab("GET", "violations") == []


def test_the_nth_request_fails_as_told(client: Client) -> None:
    client.lab("POST", "faults", {"kind": "secondary-rate-limit", "nth": 2, "seconds": 3})
    assert client.send("GET", COMMENTS).status == 200
    limited = client.send("GET", COMMENTS)
    assert (limited.status, limited.headers["retry-after"]) == (403, "3")
    assert client.send("GET", COMMENTS).status == 200
    client.lab("POST", "faults", {"kind": "status", "status": 502, "method": "POST", "path": "comments"})
    assert client.send("POST", COMMENTS, {"body": "x"}).status == 502
    assert client.lab("GET", "state")["comments"] == []
    assert [item["status"] for item in client.lab("GET", "requests")] == [200, 403, 200, 502]


def test_an_answer_can_be_lost_after_the_effect(client: Client) -> None:
    client.lab("POST", "faults", {"kind": "reset", "after": True})
    with pytest.raises((ConnectionResetError, RemoteDisconnected, urllib.error.URLError)):
        client.send("POST", COMMENTS, {"body": "kept"})
    assert [item["body"] for item in client.lab("GET", "state")["comments"]] == ["kept"]


def test_a_crowd_of_comments_a_lock_and_a_shorter_limit_can_be_set(client: Client) -> None:
    place = {"repository": "octo-org/images", "number": 7}
    assert client.lab("POST", "crowd", {**place, "author": "octocat", "body": "me too", "count": 250}) == 250
    assert 'page=3>; rel="last"' in client.send("GET", COMMENTS + "?per_page=100").headers["link"]
    client.lab("POST", "settings", {"body-limit": 10})
    assert client.send("POST", COMMENTS, {"body": "x" * 11}).status == 422
    client.lab("POST", "lock", place)
    assert client.send("POST", COMMENTS, {"body": "x"}).status == 403


def test_somebody_removes_a_comment_before_it_is_edited_or_writes_over_it_after(client: Client) -> None:
    path = f"/repos/octo-org/images/issues/comments/{comment(client)}"
    client.lab("POST", "faults", {"kind": "overwritten", "method": "PATCH", "body": "theirs"})
    assert client.send("PATCH", path, {"body": "ours"}).body["body"] == "ours"
    assert client.send("GET", path).body["body"] == "theirs"
    client.lab("POST", "faults", {"kind": "removed", "method": "PATCH"})
    assert client.send("PATCH", path, {"body": "ours"}).status == 404
    assert client.lab("GET", "state")["comments"] == []


def test_a_primary_rate_limit_opens_when_it_is_told_to(client: Client) -> None:
    client.lab("POST", "faults", {"kind": "primary-rate-limit", "opens": 60})
    answer = client.send("GET", COMMENTS)
    assert answer.status == 403 and answer.headers["x-ratelimit-remaining"] == "0"
    assert 0 <= int(answer.headers["x-ratelimit-reset"]) - time.time() <= 60
