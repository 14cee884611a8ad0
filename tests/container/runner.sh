# How GitHub's runner starts a container action (actions/runner: ContainerActionHandler.cs, DockerCommandManager.cs), and what a
# test looks at afterwards. Read by run.sh, which sets `work`, `image` and `here`.

fail() {
    echo "container: $*" >&2
    [ -z "${job:-}" ] || { echo "--- log" >&2; tail -n 40 "$job/log" >&2 || true; }
    exit 1
}

# A fresh job with the test's templates in its workspace.
new_job() {
    job="$work/$1"
    mkdir -p "$job/workspace" "$job/temp" "$job/home" "$job/workflow" "$job/commands"
    cp "$here"/templates/* "$job/workspace/"
    echo '{}' >"$job/workflow/event.json"
    : >"$job/state"
    cancel=
    event=push
}

# The next stages are of a pull request from a fork.
from_fork() {
    event=pull_request
    cat >"$job/workflow/event.json" <<'END'
{ "pull_request": { "number": 7, "head": { "sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e", "repo": { "id": 2 } },
  "base": { "sha": "ba5e000000000000000000000000000000000001", "repo": { "id": 1 } } } }
END
}

# Has the next stage get SIGINT after so many seconds; then, as the runner does, SIGTERM 7.5 s and SIGKILL 10 s later.
cancel_after() {
    cancel=$1
}

# stage main|post [NAME=VALUE…]: runs one entrypoint and leaves `status`, `seconds`, log, outputs and summary.
stage() {
    entrypoint=/ami-build
    [ "$1" = main ] || entrypoint=/ami-build-post
    shift
    name="ami-build-test-$$-$(basename "$job")-$(basename "$entrypoint")"
    : >"$job/commands/output" && : >"$job/commands/state" && : >"$job/commands/summary"
    begin=$(date +%s)
    # Values travel in the environment of the client, and only names on its command line.
    env "$@" $(saved_state) GITHUB_ACTIONS=true CI=true GITHUB_WORKSPACE=/github/workspace RUNNER_TEMP=/github/runner_temp \
        HOME=/github/home GITHUB_EVENT_NAME="$event" GITHUB_EVENT_PATH=/github/workflow/event.json \
        GITHUB_REPOSITORY=octo-org/images GITHUB_RUN_ID=1 GITHUB_RUN_ATTEMPT=1 GITHUB_JOB=image \
        GITHUB_SERVER_URL=https://github.com GITHUB_OUTPUT=/github/file_commands/output \
        GITHUB_STATE=/github/file_commands/state GITHUB_STEP_SUMMARY=/github/file_commands/summary \
        docker run --name "$name" --label ami-build-test --workdir /github/workspace --rm $(names "$@" $(saved_state)) \
        -e GITHUB_WORKSPACE -e RUNNER_TEMP -e HOME -e GITHUB_EVENT_NAME -e GITHUB_EVENT_PATH -e GITHUB_REPOSITORY \
        -e GITHUB_RUN_ID -e GITHUB_RUN_ATTEMPT -e GITHUB_JOB -e GITHUB_SERVER_URL -e GITHUB_OUTPUT -e GITHUB_STATE \
        -e GITHUB_STEP_SUMMARY -e GITHUB_ACTIONS=true -e CI=true --entrypoint "$entrypoint" --network host \
        -v "$socket:/var/run/docker.sock" \
        -v "$job/temp:/github/runner_temp" -v "$job/home:/github/home" -v "$job/workflow:/github/workflow" \
        -v "$job/commands:/github/file_commands" -v "$job/workspace:/github/workspace" \
        "$image" >"$job/log" 2>&1 &
    client=$!
    interrupter=
    [ -z "$cancel" ] || { interrupt "$client" "$cancel" & interrupter=$!; }
    status=0
    wait "$client" || status=$?
    [ -z "$interrupter" ] || kill "$interrupter" 2>/dev/null || true
    seconds=$(($(date +%s) - begin))
    cancel=
    cp "$job/commands/summary" "$job/summary"
    cat "$job/commands/state" >>"$job/state"
}

interrupt() {
    # A shell starts what runs in the background with SIGINT ignored. Docker's client asks for the signal itself all the same.
    sleep "$2"
    kill -INT "$1" 2>/dev/null && sleep 7.5 && kill -TERM "$1" 2>/dev/null && sleep 2.5 && kill -KILL "$1" 2>/dev/null || true
}

# NAME=VALUE… as `-e NAME…`.
names() {
    for pair in "$@"; do printf -- '-e %s ' "${pair%%=*}"; done
}

# What main saved, as the runner hands it to post. Values of ours have no blanks.
saved_state() {
    awk '/<</ { split($0, part, "<<"); getline value; printf "STATE_%s=%s ", part[1], value; getline }' "$job/state"
}

# The value of an output: the last record of a name counts.
output() {
    awk -v name="$1" '/<</ { split($0, part, "<<"); getline value; if (part[1] == name) found = value; getline } END { print found }' \
        "$job/commands/output"
}

expect_exit() {
    [ "$status" -eq "$1" ] || fail "$(basename "$job"): exit code $status, expected $1"
}

expect_output() {
    [ "$(output "$1")" = "$2" ] || fail "$(basename "$job"): output $1 is '$(output "$1")', expected '$2'"
}
