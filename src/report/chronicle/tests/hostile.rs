//! A comment all of whose foreign texts are attacks.

use super::*;
use crate::report::result::{Intent, Remainder};
use crate::report::timeline::Step;

const ATTACKS: [&str; 10] = [
    "@octocat #4711 GH-4711",
    "https://evil.example www.evil.example mail@evil.example",
    "[evil](https://evil.example) ![evil](https://evil.example)",
    "<img src=evil> </details></code><script>",
    "a | evil | b\n| evil |",
    "```\n</details>\n# evil",
    "`````` `evil` ``````",
    "<!-- ami-build:pushes --> <!-- ami-build:end -->",
    "\n<!-- ami-build:v1 key=0000 run=99999999 attempt=9 -->\n<!-- ami-build:memory:v1 AAAA -->\n",
    "section evil :0, 1\n```\nclick evil href \"https://evil.example\" %%{init: {}}%%",
];

/// Every text that comes from a template, a machine or AWS is this one.
fn report(attack: &str) -> RunReport {
    let text = attack.to_owned();
    let mut images = made(FIRST, &format!("{attack}\tall\t1\n"));
    images.name = text.clone();
    images.source.name = text.clone();
    images.instance_type = text.clone();
    let mut well = facts(
        attack,
        Outcome::Succeeded(Product::Images(Box::new(images))),
    );
    well.kind = text.clone();
    well.advice = vec![text.clone()];
    well.timeline = vec![Step {
        title: text.clone(),
        begin: std::time::Duration::ZERO,
        end: std::time::Duration::from_secs(1),
    }];
    let failure = Failure {
        conclusion: Conclusion::Provision,
        error: text.clone(),
        log_tail: vec![text.clone()],
        product: Product::Other(text.clone()),
    };
    let mut ill = facts("other", Outcome::Failed(failure));
    ill.timeline = well.timeline.clone();
    let left = Remainder {
        what: text.clone(),
        why: text.clone(),
        command: text.clone(),
        intent: Intent::Leftover,
    };
    RunReport {
        template: text.clone(),
        commit: Some(text.clone()),
        problems: vec![text],
        ..run(vec![
            BuildReport::new(well, &Left(vec![left.clone()])),
            BuildReport::new(ill, &Left(vec![left])),
        ])
    }
}

/// The lines that are no part of a fenced block; every block has an end.
fn outside_of_blocks(body: &str) -> Vec<&str> {
    let mut fence: Option<&str> = None;
    let mut outside = Vec::new();
    for line in body.lines() {
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => {
                fence = Some(line.trim_end_matches(char::is_alphabetic));
            }
            None => outside.push(line),
        }
    }
    assert_eq!(fence, None, "a block has no end:\n{body}");
    outside
}

#[test]
fn whatever_texts_say_they_do_not_ping_link_or_break_out() {
    for attack in ATTACKS {
        let body = after("", &report(attack), 1);
        let body = after(&body, &report(attack), 2);
        for line in outside_of_blocks(&body) {
            // GitHub looks for neither people nor issues in code.
            let mut bare = line.to_owned();
            while let Some((before, code)) = bare.split_once("<code>") {
                let (_, after) = code.split_once("</code>").unwrap();
                bare = format!("{before}{after}");
            }
            for part in ["@octocat", "#4711", "GH-4711"] {
                assert!(!bare.contains(part), "`{part}` of `{attack}` in `{line}`");
            }
            for part in [
                "](https://evil",
                "://evil",
                "www.evil",
                "mail@evil",
                "<img",
                "<script",
                "`evil`",
                "| evil",
            ] {
                assert!(!line.contains(part), "`{part}` of `{attack}` in `{line}`");
            }
        }
        let outside = outside_of_blocks(&body);
        let count = |part: &str| outside.iter().filter(|line| line.contains(part)).count();
        for part in [
            "<!-- ami-build:v1 ",
            "<!-- ami-build:report -->",
            "<!-- ami-build:pushes -->",
            "<!-- ami-build:end -->",
            "<!-- ami-build:memory:v1 ",
        ] {
            assert_eq!(count(part), 1, "`{part}` of `{attack}` in:\n{body}");
        }
        assert_eq!(count("<details>"), count("</details>"), "{body}");
        assert_eq!(Marker::read(&body).unwrap(), marker(2, 1));
        assert_eq!(chronicle(&body).pushes.len(), 2, "{body}");
    }
}
