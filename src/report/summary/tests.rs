use std::time::Duration;

use super::*;
use crate::build::{FastVolume, Speed};
use crate::report::conclusion::Conclusion;
use crate::report::result::tests::{Left, facts, images, leftover, run, succeeded};
use crate::report::result::{BuildReport, Failure, Outcome, Product};
use crate::report::timeline::Step;

#[derive(Clone, Copy)]
enum Target {
    Summary,
    Comment,
}

fn text(report: &RunReport, target: Target) -> String {
    let redactor = Redactor::default();
    redactor.hide_sensitive("hunter2");
    let frame = Frame {
        room: 59_500,
        since: std::collections::BTreeMap::new(),
        lost: None,
    };
    match target {
        Target::Summary => render(report, &redactor),
        Target::Comment => render_within(report, &redactor, &frame),
    }
}

fn failed(error: &str, log_tail: Vec<String>) -> BuildReport {
    let failure = Failure {
        conclusion: Conclusion::Provision,
        error: error.to_owned(),
        log_tail,
        product: Product::Nothing,
    };
    BuildReport::new(
        facts("web", Outcome::Failed(failure)),
        &Left(vec![leftover()]),
    )
}

#[test]
fn images_are_listed_by_region_with_links_to_the_console() {
    let text = text(&run(vec![succeeded("web")]), Target::Comment);
    let link = "https://us-east-1.console.aws.amazon.com/ec2/home?region=us-east-1#ImageDetails:imageId=ami-0123456789abcdef0";
    let row = format!(
        "| us-east-1 | [<code>ami-0123456789abcdef0</code>]({link}) | <code>snap-0123456789abcdef0</code> |"
    );
    assert!(text.contains(&row), "{text}");
    assert!(
        text.contains("Name <code>web 1</code>, made from [<code>ami-12345678</code>]"),
        "{text}"
    );
}

#[test]
fn a_fast_build_volume_says_what_it_cost_and_what_the_snapshots_took() {
    let mut images = images();
    images.fast_volume = Some(FastVolume {
        speed: Speed {
            iops: 4_000,
            throughput: 1_000,
        },
        lived: Duration::from_secs(3600),
        snapshots: Duration::from_secs(41),
    });
    let made = Outcome::Succeeded(Product::Images(Box::new(images)));
    let build = BuildReport::new(facts("web", made), &Left(Vec::new()));
    let text = text(&run(vec![build]), Target::Summary);
    for part in [
        "4000 IOPS and 1000 MiB/s",
        "1 hour",
        "&#36;0.055",
        "us-east-1",
        "41 seconds",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn the_first_lines_say_what_came_of_it() {
    let text = text(&run(vec![succeeded("web")]), Target::Summary);
    assert!(text.starts_with("### ami-build: <code>packer/web.json</code>\n\n**Succeeded** after 3 minutes 2 seconds, commit <code>6dcb09b</code>.\n"), "{text}");
}

#[test]
fn what_is_left_behind_comes_with_the_command_that_removes_it() {
    let text = text(&run(vec![failed("exit 1", Vec::new())]), Target::Comment);
    assert!(
        text.contains("- security group sg-1: EC2 did not remove it\n"),
        "{text}"
    );
    assert!(
        text.contains("```text\naws ec2 delete-security-group --group-id sg-1\n```"),
        "{text}"
    );
}

#[test]
fn hostile_output_stays_in_its_fence() {
    let tail = vec![
        "```".to_owned(),
        "</details>@octocat".to_owned(),
        "password hunter2".to_owned(),
    ];
    let text = text(&run(vec![failed("exit 1", tail)]), Target::Comment);
    assert!(
        text.contains("````text\n```\n</details>@octocat\npassword <sensitive>\n````\n"),
        "{text}"
    );
}

#[test]
fn a_build_shows_its_steps_as_a_chart() {
    let step = Step {
        title: "Launch".to_owned(),
        begin: Duration::ZERO,
        end: Duration::from_secs(9),
    };
    let mut facts = facts("web", Outcome::Cancelled(Product::Nothing));
    facts.timeline.push(step);
    let text = text(
        &run(vec![BuildReport::new(facts, &Left(Vec::new()))]),
        Target::Comment,
    );
    assert!(
        text.contains("<details><summary>Timeline</summary>\n\n```mermaid\ngantt\n"),
        "{text}"
    );
    assert!(
        text.contains("<details><summary>Cleaned up (1)</summary>\n\n- key pair packer&#95;1\n"),
        "{text}"
    );
}

#[test]
fn a_comment_stays_under_githubs_limit_and_loses_its_log_first() {
    let report = run(vec![failed("the error", vec!["x".repeat(100); 900])]);
    let comment = text(&report, Target::Comment);
    assert!(
        comment.len() < 60_000 && comment.contains("the error") && comment.contains("did not fit"),
        "{comment}"
    );
    assert!(text(&report, Target::Summary).contains("The last lines of the log"));
}

#[test]
fn problems_of_the_template_are_shown_where_nothing_was_built() {
    let report = RunReport {
        reality: crate::report::result::Reality::Built,
        problems: vec!["web.json:3:5: unknown key".to_owned()],
        ..run(Vec::new())
    };
    assert!(text(&report, Target::Comment).contains("```text\nweb.json:3:5: unknown key\n```"));
}
