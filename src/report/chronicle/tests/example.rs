//! The comment that `docs/comment.md` shows is one that is written.

use std::time::Duration;

use super::*;
use crate::build::{Market, Usage, UsedVolume};
use crate::report::timeline::Step;

fn step(title: &str, begin: u64, end: u64) -> Step {
    Step {
        title: title.to_owned(),
        begin: Duration::from_secs(begin),
        end: Duration::from_secs(end),
    }
}

/// A push of this commit that made this image.
fn pushed(commit: &str, image: &str, packages: &str) -> RunReport {
    let mut images = made(image, packages);
    images.usage = Some(Usage {
        instance_type: Some("t3.micro".to_owned()),
        market: Market::OnDemand,
        platform: Some("Linux/UNIX".to_owned()),
        lived: Duration::from_secs(412),
        volumes: vec![UsedVolume {
            gib: Some(8),
            kind: Some("gp3".to_owned()),
        }],
    });
    let mut facts = facts("web", Outcome::Succeeded(Product::Images(Box::new(images))));
    facts.timeline = vec![
        step("Preflight", 0, 2),
        step("Launch", 2, 21),
        step("Connect", 21, 38),
        step("Provisioner 1: shell", 38, 301),
        step("Create the image", 301, 412),
        step("Clean up", 412, 414),
    ];
    RunReport {
        commit: Some(commit.to_owned()),
        duration: Duration::from_secs(414),
        ..run(vec![BuildReport::new(facts, &Left(Vec::new()))])
    }
}

#[test]
fn the_page_shows_a_comment_as_it_is_written() {
    let first = pushed(
        &"1a".repeat(20),
        FIRST,
        "bash\tamd64\t5.1\ncurl\tamd64\t8.5.0-2\n",
    );
    let broken = RunReport {
        commit: Some("2b".repeat(20)),
        ..failed(Vec::new())
    };
    let mended = pushed(
        &"3c".repeat(20),
        SECOND,
        "bash\tamd64\t5.1\ncurl\tamd64\t8.6.0-1\nnginx\tamd64\t1.22.1\n",
    );
    let mut body = String::new();
    for (number, report) in [first, broken, mended].iter().enumerate() {
        body = after(&body, report, number as u64 + 1);
    }
    let body = retold(&body, &[promoted(SECOND)], &redactor()).unwrap();
    let (shown, memory) = body
        .trim_end()
        .rsplit_once(" ami-build:memory:v1 ")
        .unwrap();
    assert!(!memory.contains('\n'));
    let shown = format!("{shown} ami-build:memory:v1 … -->\n");
    let page = include_str!("../../../../docs/comment.md").replace("\r\n", "\n");
    let (_, example) = page.split_once("````markdown\n").unwrap();
    let (example, _) = example.split_once("````\n").unwrap();
    assert_eq!(example, shown, "docs/comment.md has to show:\n{shown}");
}
