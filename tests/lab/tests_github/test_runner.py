"""The runner: environment, command files, commands, masks and cancellation, with a shell script as the action."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import LAB, Client
from lab.runner.command_files import CommandFileError, Pairs
from lab.runner.masks import Masker

ACTION = """
name: test
inputs:
  template: {description: t, required: true}
  github-token: {description: t, default: "${{ github.token }}"}
  force: {description: f, default: false}
outputs:
  ami-id: {description: a}
runs:
  using: docker
  image: Dockerfile
  entrypoint: /ami-build
  post-entrypoint: /ami-build-post
"""


@pytest.fixture
def act(tmp_path: Path) -> Any:
    """Runs a script as the action and returns the result."""

    def run(script: str, *arguments: str) -> dict[str, Any]:
        (tmp_path / "action.yml").write_text(ACTION)
        binary = tmp_path / "binary.sh"
        binary.write_text("#!/bin/sh\n" + script)
        binary.chmod(0o755)
        out = tmp_path / "result.json"
        command = [sys.executable, "-m", "lab.runner", "run", "--action-yml", tmp_path / "action.yml",
                   "--binary", binary, "--workspace", tmp_path, "--json", out, *arguments]  # fmt: skip
        done = subprocess.run(command, cwd=LAB, capture_output=True, text=True, timeout=60)
        assert done.returncode in (0, 1, 130), done.stderr
        return json.loads(out.read_text())

    return run


def test_every_declared_input_is_set_and_hyphens_stay(act: Any) -> None:
    # Not `env`: a shell drops the names with hyphens.
    result = act("tr '\\0' '\\n' < /proc/$$/environ", "--with", "template=a b.json", "--with", "typo=1")
    lines = result["main"]["log"]
    assert "INPUT_TEMPLATE=a b.json" in lines and "INPUT_FORCE=false" in lines
    assert "INPUT_GITHUB-TOKEN=***" in lines
    assert "GITHUB_REPOSITORY=octo-org/images" in lines and "GITHUB_ACTIONS=true" in lines
    assert not any(line.startswith("GITHUB_TOKEN=") for line in lines)
    assert "typo" in result["warnings"][0]


def test_the_event_and_its_payload_belong_together(act: Any) -> None:
    script = 'echo "$GITHUB_EVENT_NAME $GITHUB_REF"; cat "$GITHUB_EVENT_PATH"'
    log = act(script, "--event", "pull_request", "--fork")["main"]["log"]
    assert log[0] == "pull_request refs/pull/7/merge"
    assert json.loads("\n".join(log[1:]))["pull_request"]["head"]["repo"]["full_name"] == "mona/images"


def test_state_reaches_the_post_stage_under_its_own_name(act: Any) -> None:
    script = """
    case "$0" in
    *-post) echo "post saw $STATE_journal" ;;
    *) printf 'journal<<E\\n/tmp/j\\nE\\n' >> "$GITHUB_STATE"; printf 'ami-id=ami-1\\n' >> "$GITHUB_OUTPUT" ;;
    esac
    """
    result = act(script, "--post")
    assert result["main"]["outputs"] == {"ami-id": "ami-1"}
    assert result["post"]["log"] == ["post saw /tmp/j"]
    assert result["violations"] == []


def test_a_bad_command_file_fails_the_step(act: Any) -> None:
    result = act("printf 'ami-id<<E\\nami-1\\n' >> \"$GITHUB_OUTPUT\"")
    assert result["main"]["exit_code"] == 0
    assert result["main"]["conclusion"] == "failure"
    assert "Matching delimiter not found 'E'" in str(result["main"]["file_command_errors"])


def test_an_undeclared_output_and_a_huge_summary_are_violations(act: Any) -> None:
    script = 'echo other=1 >> "$GITHUB_OUTPUT"; head -c 1048577 /dev/zero | tr "\\0" x >> "$GITHUB_STEP_SUMMARY"'
    result = act(script)
    assert result["main"]["conclusion"] == "success" and result["main"]["summary"] == ""
    assert "`other` is not declared" in str(result["violations"])
    assert "up to a size of 1024k" in str(result["violations"])


def test_commands_are_found_where_the_runner_finds_them(act: Any) -> None:
    script = """
    echo '::error file=t.json,line=3,title=A%2Cb::bad%0Akey'
    echo 'text ##[warning]from the machine'
    echo 'text ::error::not at the start'
    echo '::group::one'; echo '::endgroup::'
    echo '::eror::slip'
    """
    main = act(script)["main"]
    first, second = main["annotations"]
    assert (first["kind"], first["message"], first["file"]) == ("error", "bad\nkey", "t.json")
    assert first["properties"]["title"] == "A,b"
    assert (second["kind"], second["message"]) == ("warning", "from the machine")
    assert main["groups"] == ["one"] and "`eror` is no workflow command" in main["violations"]


def test_a_secret_is_hidden_from_the_mask_on_and_a_leak_is_a_violation(act: Any) -> None:
    script = "echo early hunter22; echo ::add-mask::hunter22; echo late hunter22"
    result = act(script, "--secret", "hunter22")
    assert result["main"]["log"] == ["early hunter22", "late ***"]
    assert result["violations"] == ["ami-build: secret 1 is in the log"]
    assert act("echo hunter22", "--registered-secret", "hunter22")["violations"] == []


def test_stopped_commands_are_text_until_the_token(act: Any) -> None:
    script = "echo ::stop-commands::tok123; echo ::error::no; echo ::tok123::; echo ::error::yes"
    assert [item["message"] for item in act(script)["main"]["annotations"]] == ["yes"]


def test_a_cancel_is_sigint_first_and_the_time_to_exit_is_measured(act: Any) -> None:
    script = "trap 'echo got INT; exit 3' INT; echo ready; while :; do sleep 0.05; done"
    main = act(script, "--cancel-on", "ready")["main"]
    assert main["conclusion"] == "cancelled" and main["exit_code"] == 3
    assert [signal["name"] for signal in main["signals"]] == ["SIGINT"]
    assert main["seconds_after_signal"] < 2


def test_a_cancel_can_wait_for_the_nth_call_of_a_server(act: Any, client: Client) -> None:
    script = "trap 'exit 3' INT; while :; do sleep 0.05; done"
    threading.Timer(1.0, client.send, ("GET", "/rate_limit")).start()
    main = act(script, "--cancel-at-call", "1", "--calls-url", f"{client.url}/_lab/requests")["main"]
    assert main["exit_code"] == 3 and main["signals"][0]["at"] < 5


def test_a_deaf_process_gets_all_three_signals(act: Any) -> None:
    main = act("trap '' INT TERM; while :; do sleep 0.05; done", "--cancel-after", "0.2")["main"]
    assert [signal["name"] for signal in main["signals"]] == ["SIGINT", "SIGTERM", "SIGKILL"]
    times = [signal["at"] for signal in main["signals"]]
    assert 7.4 < times[1] - times[0] < 8 and 2.4 < times[2] - times[1] < 3
    assert "without the runner" in str(main["violations"])


def test_a_killed_step_keeps_what_it_wrote_and_leaves_no_process(act: Any) -> None:
    script = 'echo journal=j >> "$GITHUB_STATE"; (setsid sleep 600 &) ; echo ready; while :; do sleep 0.05; done'
    main = act(script, "--kill-on", "ready")["main"]
    assert main["exit_code"] == 137 and main["state"] == {"journal": "j"} and "sleep" in main["strays"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=b=c\n", {"a": "b=c"}),
        ("a<<E\nx\ny\nE\n", {"a": "x\ny"}),
        ("a<<E\nE", {"a": ""}),
        ("\na=1\r\n\n", {"a": "1\r"}),
        ("a=x<<y\n", {"a": "x<<y"}),
        ("a<<E=F\nb=1\nE=F\n", {"a": "b=1"}),
    ],
)
def test_records_are_read_as_the_runner_reads_them(text: str, expected: dict[str, str]) -> None:
    assert dict(Pairs(text)) == expected


@pytest.mark.parametrize("text", ["word\n", "a<<E\nx E", "a<<\nx\n", "<<E\nE\n", "a<<E\nx\n"])
def test_what_is_no_record_is_an_error(text: str) -> None:
    with pytest.raises(CommandFileError):
        dict(Pairs(text))


def test_each_line_of_a_mask_and_its_base64_are_hidden() -> None:
    masker = Masker(["first-line\nsecond-line"])
    assert masker.mask("x second-line y") == "x *** y"
    assert "c2Vjb25kLWxpb" not in masker.mask("c2Vjb25kLWxpbmU=")
