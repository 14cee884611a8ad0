//! `survive_disconnect` against a scripted machine: outages, reboots, and who decides.

use super::*;

const SURVIVING: &str = r#"{"inline": ["x"], "survive_disconnect": true}"#;
const BOOT: &str = "boot_id";

fn says(text: &str) -> Answer {
    Answer {
        output: vec![Output::Stdout(text.as_bytes().to_vec())],
        exit: Ok(Exit::Status(0)),
    }
}

fn cut_after(text: &str) -> Answer {
    Answer {
        exit: Ok(Exit::Disconnected),
        ..says(text)
    }
}

fn unreachable() -> Answer {
    Answer {
        output: Vec::new(),
        exit: Err(RemoteError::Disconnected {
            doing: "connecting".into(),
            source: None,
        }),
    }
}

fn boot(digit: &str) -> Answer {
    says(&digit.repeat(36))
}

fn started(bench: &Bench) {
    bench.remote.answer(BOOT, boot("1"));
    bench.remote.answer(" start ", says("ami-build: started\n"));
}

#[tokio::test(start_paused = true)]
async fn a_line_that_a_lost_connection_cuts_is_put_together_again() {
    let mut bench = Bench::new();
    started(&bench);
    bench
        .remote
        .answer(" follow 0 0", cut_after("ami-build: o 0 8\nwhole\nh"));
    bench.remote.answer(
        " follow 0 7",
        says("ami-build: o 0 1\na\nami-build: o 1 3\nlf\nami-build: end 0\n"),
    );
    bench.run_one("shell", SURVIVING).await.unwrap();
    let shown = bench.lines();
    assert!(
        shown.contains(&"    web: whole".into()) && shown.contains(&"    web: half".into()),
        "{shown:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_does_not_start_the_script_twice_and_the_boot_is_the_first_ones() {
    let mut bench = Bench::new();
    bench.remote.answer(BOOT, boot("1"));
    bench.remote.answer(" start ", cut_after(""));
    bench.remote.answer(" start ", says("ami-build: started\n"));
    bench.remote.answer(" follow ", says("ami-build: end 3\n"));
    let error = bench.run_one("shell", SURVIVING).await.unwrap_err();
    assert!(
        matches!(error, ProvisionError::Status { status: 3, .. }),
        "{error}"
    );
    let starts: Vec<_> = bench
        .remote
        .commands()
        .into_iter()
        .filter(|command| command.contains(" start "))
        .collect();
    assert!(starts.len() == 2 && starts[0] == starts[1], "{starts:?}");
}

#[tokio::test(start_paused = true)]
async fn another_boot_is_a_reboot_and_the_same_one_is_a_lost_script() {
    for (now, expected) in [("2", "rebooted"), ("1", "lost")] {
        let mut bench = Bench::new();
        started(&bench);
        bench.remote.answer(" follow ", cut_after(""));
        bench.remote.answer(" follow ", says("ami-build: gone\n"));
        bench.remote.answer(BOOT, boot(now));
        let error = bench.run_one("shell", SURVIVING).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.hint().is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_stays_away_is_given_up_after_ten_minutes() {
    let mut bench = Bench::new();
    started(&bench);
    for _ in 0..1000 {
        bench.remote.answer(" follow ", unreachable());
    }
    let begin = tokio::time::Instant::now();
    let error = bench.run_one("shell", SURVIVING).await.unwrap_err();
    assert!(
        matches!(error, ProvisionError::OutOfReach { .. }),
        "{error}"
    );
    let waited = begin.elapsed();
    assert!(
        waited >= Duration::from_secs(600) && waited < Duration::from_secs(620),
        "{waited:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_template_that_gives_more_time_to_start_gives_it_to_come_back() {
    let mut bench = Bench::new();
    started(&bench);
    for _ in 0..1000 {
        bench.remote.answer(" follow ", unreachable());
    }
    let begin = tokio::time::Instant::now();
    let json = r#"{"inline": ["x"], "survive_disconnect": true, "start_retry_timeout": "20m"}"#;
    bench.run_one("shell", json).await.unwrap_err();
    assert!(begin.elapsed() >= Duration::from_secs(1200));
}

#[tokio::test]
async fn the_flag_is_for_all_but_a_provisioner_that_says_no() {
    for (json, keepers) in [
        (r#"{"inline": ["x"]}"#, 1),
        (r#"{"inline": ["x"], "survive_disconnect": false}"#, 0),
    ] {
        let mut bench = Bench::new();
        bench.cx.survival = Survival::Everywhere;
        started(&bench);
        bench.remote.answer(" follow ", says("ami-build: end 0\n"));
        bench.run_one("shell", json).await.unwrap();
        let uploads = bench.remote.asked().into_iter().filter(
            |asked| matches!(asked, Asked::Upload(path, _) if path.starts_with("/tmp/keeper_")),
        );
        assert_eq!(uploads.count(), keepers, "{json}");
    }
}
