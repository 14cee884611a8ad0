//! GitHub is busy, broken, crowded or says no: there is one comment at the end, or one notice, and the build is as it was.

use std::time::Instant;

use serde_json::{Value, json};

use crate::support::{GitHub, Lab, Stage, Step, Workspace};

const COMMENTS: &str = "/issues/7/comments$";
const ONE: &str = "/issues/comments/";

/// A workspace whose build needs no EC2: what is looked at here is what follows.
struct Bench {
    github: GitHub,
    workspace: Workspace,
}

impl Bench {
    fn new() -> Self {
        let workspace = Workspace::with_fixtures();
        let template = json!({
            "builders": [{"type": "file", "target": "out.txt", "content": "made"}]
        });
        workspace.write("file.json", &template.to_string());
        Self {
            github: GitHub::new(),
            workspace,
        }
    }

    fn with(fault: &Value) -> Self {
        let bench = Self::new();
        bench.github.fault(fault);
        bench
    }

    fn step(&self) -> Step<'_> {
        Step::new(&self.workspace, "pull_request")
            .github(&self.github)
            .input("template", "file.json")
            .without_post()
    }

    /// A run with this number, which ends well whatever GitHub does.
    fn run(&self, number: u64) -> Stage {
        let main = self.step().run_number(number).run().into_main();
        main.expect_code(0);
        assert_eq!(main.output("conclusion"), "success");
        main
    }

    /// The one comment of ours there is.
    fn ours(&self) -> String {
        let ours = self.github.comments().into_iter();
        let ours: Vec<String> = ours
            .filter(|(author, ..)| author == "github-actions[bot]")
            .map(|(_, body, _)| body)
            .collect();
        assert_eq!(ours.len(), 1, "{ours:?}");
        ours[0].clone()
    }

    fn annotations(main: &Stage, kind: &str) -> usize {
        main.annotations(kind).len()
    }

    /// One comment, and nobody is bothered.
    fn expect_one_comment(&self, number: u64) {
        let main = self.run(number);
        assert!(!main.output("comment-url").is_empty(), "{}", main.log());
        for kind in ["error", "warning", "notice"] {
            assert_eq!(Self::annotations(&main, kind), 0, "{}", main.log());
        }
        assert!(
            self.ours().contains(&format!("run={number} ")),
            "{}",
            self.ours()
        );
        self.github.assert_no_violation();
    }
}

#[test]
fn rate_limits_are_waited_for_as_long_as_github_says() {
    for fault in [
        json!({"kind": "secondary-rate-limit", "method": "POST", "seconds": 2}),
        json!({"kind": "secondary-rate-limit", "method": "GET", "status": 429, "seconds": 2}),
        json!({"kind": "primary-rate-limit", "method": "GET", "path": COMMENTS, "opens": 3}),
    ] {
        let begin = Instant::now();
        Bench::with(&fault).expect_one_comment(1);
        assert!(begin.elapsed().as_secs_f32() > 1.5, "{fault}");
    }
}

#[test]
fn a_rate_limit_of_an_hour_costs_a_warning_and_no_time() {
    let bench = Bench::with(&json!({"kind": "primary-rate-limit", "opens": 3600}));
    let begin = Instant::now();
    let main = bench.run(1);
    assert!(begin.elapsed().as_secs() < 20);
    assert_eq!(Bench::annotations(&main, "warning"), 1, "{}", main.log());
    main.expect_text("GitHub's rate limit is reached");
    assert_eq!(bench.github.comments().len(), 0);
}

#[test]
fn broken_and_lost_answers_make_no_second_comment() {
    for fault in [
        json!({"kind": "status", "status": 502, "method": "POST"}),
        json!({"kind": "status", "status": 502, "method": "POST", "after": true}),
        json!({"kind": "status", "status": 503, "method": "GET", "times": 2}),
        json!({"kind": "reset", "method": "POST"}),
        json!({"kind": "reset", "method": "POST", "after": true}),
        json!({"kind": "reset", "method": "GET", "path": COMMENTS, "nth": 2}),
    ] {
        Bench::with(&fault).expect_one_comment(1);
    }
}

#[test]
fn an_edit_whose_answer_is_lost_is_told_once_in_the_history() {
    let bench = Bench::new();
    bench.expect_one_comment(1);
    bench
        .github
        .fault(&json!({"kind": "reset", "method": "PATCH", "after": true}));
    bench.expect_one_comment(2);
    assert!(
        bench.ours().contains("The last 2 pushes"),
        "{}",
        bench.ours()
    );
}

#[test]
fn a_token_that_may_not_write_costs_one_notice_that_says_what_to_set() {
    let bench = Bench::new();
    bench.github.settings(&json!({"pull-requests": "read"}));
    let main = bench.run(1);
    assert_eq!(Bench::annotations(&main, "notice"), 1, "{}", main.log());
    main.expect_text("`permissions: pull-requests: write`");
    assert_eq!(bench.github.comments().len(), 0);
}

#[test]
fn a_pull_request_that_nobody_sees_and_a_locked_one_cost_one_notice() {
    let bench = Bench::new();
    let main = bench.step().input("pr-number", "99").run().into_main();
    main.expect_code(0)
        .expect_text("the token sees no such pull request");
    assert_eq!(Bench::annotations(&main, "notice"), 1, "{}", main.log());
    bench.github.lock();
    let main = bench.run(2);
    main.expect_text("the conversation is locked");
    assert_eq!(Bench::annotations(&main, "notice"), 1, "{}", main.log());
}

#[test]
fn among_five_thousand_comments_ours_is_found_in_few_calls_where_it_is_old_or_new() {
    let lists = |bench: &Bench| {
        let requests = bench.github.requests().into_iter();
        requests.filter(|line| line.contains("page=")).count()
    };
    // Old.
    let bench = Bench::new();
    bench.expect_one_comment(1);
    bench.github.crowd(4_999);
    let before = lists(&bench);
    bench.expect_one_comment(2);
    assert_eq!(lists(&bench) - before, 1);
    // New: the first time nobody can know without a look at all of them.
    let bench = Bench::new();
    bench.github.crowd(4_990);
    bench.expect_one_comment(1);
    assert_eq!(lists(&bench), 50 + 1, "and one look for rivals");
    bench.expect_one_comment(2);
    assert_eq!(lists(&bench), 51 + 2);
    // Somewhere in between.
    bench.github.crowd(1_000);
    bench.expect_one_comment(3);
}

#[test]
fn a_body_that_is_too_long_for_this_github_is_written_shorter() {
    let bench = Bench::new();
    let long = "x".repeat(40_000);
    let template = json!({"builders": [{"type": "file", "target": format!("{long}/out.txt"), "content": "made"}]});
    bench.workspace.write("file.json", &template.to_string());
    bench.github.settings(&json!({"body-limit": 20_000}));
    let main = bench.step().run().into_main();
    main.expect_code(1);
    assert_eq!(Bench::annotations(&main, "warning"), 0, "{}", main.log());
    let body = bench.ours();
    assert!(
        body.len() < 20_000 && body.contains("did not fit here"),
        "{}",
        body.len()
    );
}

#[test]
fn a_comment_that_somebody_removes_between_our_look_and_our_edit_is_written_anew() {
    let bench = Bench::new();
    bench.expect_one_comment(1);
    bench
        .github
        .fault(&json!({"kind": "removed", "method": "PATCH", "path": ONE}));
    bench.expect_one_comment(2);
    // What it remembered was read before.
    assert!(!bench.ours().is_empty());
}

#[test]
fn the_newer_run_wins_whoever_writes_last() {
    let bench = Bench::new();
    bench.expect_one_comment(1);
    let older = bench.ours();
    // The older run had looked before we wrote, and writes over us.
    bench
        .github
        .fault(&json!({"kind": "overwritten", "method": "PATCH", "body": older}));
    bench.expect_one_comment(5);
    // And one that comes late leaves it as it is.
    let main = bench.run(4);
    main.expect_text("a later run has written its report already");
    assert!(bench.ours().contains("run=5 "), "{}", bench.ours());
}

#[test]
fn two_runs_at_the_same_time_write_one_comment_and_it_is_that_of_the_newer() {
    let bench = Bench::new();
    let other = Workspace::with_fixtures();
    other.write("file.json", &bench.workspace.read("file.json"));
    // Both see no comment before either writes one.
    for nth in [1, 2] {
        bench.github.fault(&json!({"kind": "delay", "method": "GET", "path": COMMENTS, "nth": nth, "seconds": 0.7}));
    }
    std::thread::scope(|scope| {
        scope.spawn(|| bench.run(8));
        scope.spawn(|| {
            let step = Step::new(&other, "pull_request").github(&bench.github);
            let step = step
                .input("template", "file.json")
                .without_post()
                .run_number(9);
            step.run().main().expect_code(0);
        });
    });
    assert!(bench.ours().contains("run=9 "), "{}", bench.ours());
}

#[test]
fn a_failed_build_stays_failed_whatever_becomes_of_its_comment() {
    let (lab, workspace, github) = (Lab::new(), Workspace::with_fixtures(), GitHub::new());
    github.fault(&json!({"kind": "status", "status": 403, "times": 100}));
    let template = workspace.read("quick.json");
    workspace.write(
        "quick.json",
        &template.replace("echo made here", "exit 9; echo"),
    );
    let main = Step::new(&workspace, "pull_request")
        .lab(&lab)
        .github(&github)
        .input("template", "quick.json")
        .run()
        .into_main();
    main.expect_code(1);
    assert_eq!(main.output("conclusion"), "provision");
}
