mod example;
mod hostile;

use std::collections::BTreeMap;

use super::memory::Chronicle;
use super::push::Push;
use super::stage::{Removal, Stage, Turn};
use super::*;
use crate::action::environment::Environment;
use crate::cloud::{ImageId, Region};
use crate::inventory::{Inventories, Inventory, Silence};
use crate::report::conclusion::Conclusion;
use crate::report::marker::Marker;
use crate::report::result::tests::{Left, facts, images, run};
use crate::report::result::{BuildReport, Failure, Images, Outcome, Product, RunReport};
use crate::report::sticky::Before;
use crate::sandbox::PackageList;
use crate::secret::Redactor;

const FIRST: &str = "ami-11111111";
const SECOND: &str = "ami-22222222";

fn marker(run: u64, attempt: u64) -> Marker {
    let (run, attempt) = (run.to_string(), attempt.to_string());
    let environment = Environment::of([
        ("GITHUB_RUN_ID", run.as_str()),
        ("GITHUB_RUN_ATTEMPT", attempt.as_str()),
    ]);
    Marker::of(&environment, "web.json")
}

fn inventory(packages: &str) -> Inventory {
    Inventory {
        packages: PackageList::of_rpm(packages),
        used: Some(2 << 30),
    }
}

/// Images of a build in us-east-1, whose machine had these packages at its end.
fn made(id: &str, packages: &str) -> Images {
    Images {
        ids: BTreeMap::from([(Region::new("us-east-1"), ImageId::new(id))]),
        inventories: Some(Inventories {
            before: Ok(inventory("bash\tamd64\t5.1\n")),
            after: Ok(inventory(packages)),
        }),
        ..images()
    }
}

fn reused(id: &str) -> Images {
    Images {
        inventories: None,
        instance: None,
        reuse: Some(crate::build::ReuseStory::Reused {
            image: ImageId::new(id),
            made: "2026-11-28T10:00:00.000Z".to_owned(),
        }),
        ..made(id, "")
    }
}

fn build(name: &str, outcome: Outcome) -> BuildReport {
    BuildReport::new(facts(name, outcome), &Left(Vec::new()))
}

fn succeeded(name: &str, images: Images) -> BuildReport {
    let product = Product::Images(Box::new(images));
    build(name, Outcome::Succeeded(product))
}

fn failed(log_tail: Vec<String>) -> RunReport {
    let failure = Failure {
        conclusion: Conclusion::Provision,
        error: "Script exited with non-zero exit status: 9".to_owned(),
        log_tail,
        product: Product::Nothing,
    };
    run(vec![build("web", Outcome::Failed(failure))])
}

/// A run that made one image.
fn one(images: Images) -> RunReport {
    run(vec![succeeded("web", images)])
}

/// The comment after this run, which found `body` there.
fn after(body: &str, report: &RunReport, number: u64) -> String {
    let memory = Memory::of(body);
    let before = Before {
        first: memory.clone(),
        last: memory,
    };
    compose(report, &redactor(), &marker(number, 1), (&before, ROOM))
}

fn redactor() -> Redactor {
    let redactor = Redactor::default();
    redactor.hide_sensitive("hunter2");
    redactor
}

fn chronicle(body: &str) -> Chronicle {
    match Memory::of(body) {
        Memory::Known(chronicle) => chronicle,
        other => panic!("{other:?}"),
    }
}

fn rows(body: &str) -> Vec<&str> {
    let (_, table) = body.rsplit_once("|---|---|---|\n").unwrap();
    table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .collect()
}

#[test]
fn the_first_comment_has_no_table_of_pushes_and_remembers_its_own() {
    let body = after("", &one(made(FIRST, "bash\tamd64\t5.1\n")), 1);
    assert!(body.starts_with("<!-- ami-build:v1 key="), "{body}");
    assert!(!body.contains("The last"), "{body}");
    assert_eq!(chronicle(&body).pushes.len(), 1);
}

#[test]
fn after_a_failure_is_mended_the_comment_shows_both() {
    let first = after("", &one(made(FIRST, "")), 1);
    let broken = after(&first, &failed(Vec::new()), 2);
    let mended = after(&broken, &one(made(SECOND, "")), 3);
    let shown = rows(&mended);
    assert_eq!(shown.len(), 3, "{mended}");
    assert!(
        shown[0].contains("success") && shown[0].contains(SECOND),
        "{mended}"
    );
    assert!(
        shown[1].contains("provision") && shown[1].contains("none"),
        "{mended}"
    );
    assert!(
        shown[2].contains("success") && shown[2].contains(FIRST),
        "{mended}"
    );
    assert!(shown[0].contains("<code>6dcb09b</code>"), "{mended}");
}

#[test]
fn a_try_after_a_lost_answer_writes_the_same_once_more() {
    let old = after("", &one(made(FIRST, "bash\tamd64\t5.0\n")), 1);
    let report = one(made(SECOND, "bash\tamd64\t5.1\n"));
    let lost = after(&old, &report, 2);
    let before = Before {
        first: Memory::of(&old),
        last: Memory::of(&lost),
    };
    let again = compose(&report, &redactor(), &marker(2, 1), (&before, ROOM));
    assert_eq!(again, lost);
    assert!(again.contains("**Since the last push**"), "{again}");
}

#[test]
fn the_jobs_of_one_run_share_a_row_and_a_later_attempt_takes_it() {
    let web = after("", &one(made(FIRST, "")), 1);
    let db = run(vec![succeeded("db", made(SECOND, ""))]);
    let both = after(&web, &db, 1);
    let row = &chronicle(&both).pushes;
    assert_eq!(row.len(), 1);
    assert_eq!(row[0].builds.keys().collect::<Vec<_>>(), ["db", "web"]);
    let memory = Memory::of(&both);
    let before = Before {
        first: memory.clone(),
        last: memory,
    };
    let again = compose(
        &one(made(SECOND, "")),
        &redactor(),
        &marker(1, 2),
        (&before, ROOM),
    );
    let row = &chronicle(&again).pushes;
    assert_eq!(row.len(), 1);
    assert_eq!(row[0].builds.keys().collect::<Vec<_>>(), ["web"]);
}

#[test]
fn only_the_last_ten_pushes_are_kept() {
    let mut body = String::new();
    for number in 1..=15 {
        body = after(&body, &one(made(FIRST, "")), number);
    }
    let kept: Vec<u64> = chronicle(&body)
        .pushes
        .iter()
        .map(|push| push.writer.run)
        .collect();
    assert_eq!(kept, (6..=15).rev().collect::<Vec<_>>());
}

#[test]
fn packages_are_compared_with_those_of_the_last_push_and_of_the_base_image() {
    let first = after(
        "",
        &one(made(FIRST, "bash\tamd64\t5.1\ncurl\tamd64\t8.0\n")),
        1,
    );
    assert!(first.contains("**Since the base image** (<code>ami-12345678</code>): 1 package: 1 new; as much of the disk in use.\n"), "{first}");
    assert!(!first.contains("Since the last push"), "{first}");
    let second = after(
        &first,
        &one(made(SECOND, "bash\tamd64\t5.2\nnginx\tamd64\t1.22\n")),
        2,
    );
    let line = "**Since the last push** (<code>ami-11111111</code> of <code>6dcb09b</code>): 3 packages: 1 new, 1 gone, 1 in another version; as much of the disk in use.\n";
    assert!(second.contains(line), "{second}");
    let list = "```text\nbash 5.1 replaced by 5.2\ncurl 8.0 removed\nnginx 1.22 installed\n```";
    assert!(second.contains(list), "{second}");
}

#[test]
fn a_reused_image_is_the_same_and_its_packages_are_known_to_the_next_push() {
    let first = after("", &one(made(FIRST, "bash\tamd64\t5.1\n")), 1);
    let second = after(&first, &one(reused(FIRST)), 2);
    assert!(
        second.contains("**Since the last push**: the same image.\n"),
        "{second}"
    );
    assert!(rows(&second)[0].contains("(reused)"), "{second}");
    let third = after(&second, &one(made(SECOND, "bash\tamd64\t5.2\n")), 3);
    assert!(third.contains("bash 5.1 replaced by 5.2"), "{third}");
}

#[test]
fn what_is_not_known_is_said_and_no_failure() {
    let first = after("", &one(made(FIRST, "bash\tamd64\t5.1\n")), 1);
    // An image of long ago, whose list nobody has kept.
    let second = after(&first, &one(reused(SECOND)), 2);
    assert!(
        second.contains("not known, since nobody knows the packages of this image."),
        "{second}"
    );
    let third = after(&second, &one(made(FIRST, "bash\tamd64\t5.1\n")), 3);
    assert!(
        third.contains("not known, since the packages of the image before are not kept"),
        "{third}"
    );
    let mut silent = made(SECOND, "");
    silent.inventories = Some(Inventories {
        before: Err(Silence::Late),
        after: Err(Silence::NoPackageManager),
    });
    let fourth = after(&third, &one(silent), 4);
    assert!(
        fourth.contains(
            "the machine did not tell its packages: it did not answer within 10 seconds."
        ),
        "{fourth}"
    );
}

#[test]
fn a_memory_that_was_tampered_with_is_left_out_and_that_is_said() {
    let first = after("", &one(made(FIRST, "")), 1);
    let (text, memory) = first.trim_end().rsplit_once('\n').unwrap();
    for wrong in [
        memory.replace(" -->", "A -->"),
        "<!-- ami-build:memory:v1 AAAA -->".to_owned(),
        memory[..memory.len() - 20].to_owned(),
    ] {
        let body = format!("{text}\n{wrong}\n");
        assert_eq!(Memory::of(&body), Memory::Unreadable, "{wrong}");
        let second = after(&body, &one(made(SECOND, "")), 2);
        assert!(
            second.contains("cannot be read, so it begins anew"),
            "{second}"
        );
        assert_eq!(chronicle(&second).pushes.len(), 1);
    }
}

/// A comment whose last line holds this.
fn holding(json: &str) -> String {
    use std::io::Write;

    use base64::Engine;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(json.as_bytes()).unwrap();
    let packed = base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap());
    format!("text\n<!-- ami-build:memory:v1 {packed} -->\n")
}

fn push(commit: &str, builds: &str) -> String {
    format!(
        r#"{{"pushes":[{{"writer":{{"run":1,"attempt":1}},"commit":"{commit}","result":"success","builds":{builds}}}]}}"#
    )
}

#[test]
fn a_memory_is_checked_before_it_is_believed() {
    let sound = push(
        "6dcb09b",
        r#"{"web":{"how":"built","images":{"us-east-1":"ami-11111111"}}}"#,
    );
    assert!(matches!(Memory::of(&holding(&sound)), Memory::Known(_)));
    let build = |image: &str, region: &str| {
        format!(r#"{{"web":{{"how":"built","images":{{"{region}":"{image}"}}}}}}"#)
    };
    for wrong in [
        push("[x](https://evil.example)", "{}"),
        push("6dcb09b", &build("[x](https://evil.example)", "us-east-1")),
        push("6dcb09b", &build("ami-11111111", "us|east")),
        sound.replace("success", "superb"),
        sound.replace("web", &"w".repeat(300)),
        // Two megabytes of nothing, packed into two kilobytes.
        format!("{}{sound}", " ".repeat(2 << 20)),
    ] {
        let shown: String = wrong.chars().take(200).collect();
        assert_eq!(Memory::of(&holding(&wrong)), Memory::Unreadable, "{shown}");
    }
}

#[test]
fn names_from_a_memory_are_foreign_text() {
    let name = "<img src=x> @octocat #1 [a](https://evil.example) | -->";
    let builds =
        format!(r#"{{"{name}":{{"how":"built","images":{{"us-east-1":"ami-11111111"}}}}}}"#);
    let body = after(
        &holding(&push("6dcb09b", &builds)),
        &one(made(SECOND, "")),
        2,
    );
    let row = rows(&body)[1];
    for part in ["<img", "@octocat", " #1 ", "](https://evil", "-->"] {
        assert!(!row.contains(part), "{part} in {row}");
    }
    assert_eq!(row.matches('|').count(), 4, "{row}");
}

#[test]
fn no_secret_is_packed() {
    let report = run(vec![succeeded(
        "web-hunter2",
        made(FIRST, "app\tall\t1-hunter2\n"),
    )]);
    let body = after("", &report, 1);
    let kept = serde_json::to_string(&chronicle(&body)).unwrap();
    assert!(
        !kept.contains("hunter2") && kept.contains("<sensitive>"),
        "{kept}"
    );
    // And the comparison does not take it for a change.
    let next = run(vec![succeeded(
        "web-hunter2",
        made(SECOND, "app\tall\t1-hunter2\n"),
    )]);
    let next = after(&body, &next, 2);
    assert!(next.contains("**Since the last push** (<code>ami-11111111</code> of <code>6dcb09b</code>): the same packages"), "{next}");
}

#[test]
fn however_much_there_is_the_comment_stays_below_githubs_limit() {
    // Digits that no compression makes much of.
    let packages = |seed: u64| -> String {
        let mut digits = seed;
        let mut line = |number| {
            digits = digits
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            format!("package-{number}-{digits:x}\tamd64\t1.{digits}\n")
        };
        (0..5_000).map(&mut line).collect()
    };
    let log = vec!["x".repeat(2_000); 40];
    let mut body = after("", &failed(log), 1);
    for number in 2..6 {
        let builds = ["web", "db"].map(|name| {
            let image = format!("ami-0000000{number}");
            succeeded(name, made(&image, &packages(number)))
        });
        body = after(&body, &run(builds.into()), number);
        assert!(body.len() <= ROOM, "{}", body.len());
        assert!(matches!(Memory::of(&body), Memory::Known(_)));
    }
    assert!(body.contains("are not kept in this comment"), "{body}");
}

#[test]
fn of_very_many_images_fewer_pushes_are_kept() {
    let regions = |push: u64, build: u64| {
        let ids = (0..12_u64).map(|number| {
            let id = push * 7_919_000_000 + build * 104_729_000 + number * 1_299_709;
            let region = Region::new(format!("eu-west-{number}"));
            (region, ImageId::new(format!("ami-0{id:016x}")))
        });
        ids.collect()
    };
    let mut body = String::new();
    for number in 1..=11 {
        let builds = (0..40).map(|build| {
            let images = Images {
                region: Region::new("eu-west-0"),
                ids: regions(number, build),
                ..made(FIRST, "")
            };
            succeeded(&format!("web-{build}"), images)
        });
        body = after(&body, &run(builds.collect()), number);
        assert!(body.len() <= ROOM, "{}", body.len());
    }
    let kept = chronicle(&body).pushes.len();
    assert!((1..10).contains(&kept), "{kept}");
}

#[test]
fn a_log_that_looks_like_a_part_of_the_comment_is_none() {
    let forged = after("", &one(made(FIRST, "")), 1);
    let log: Vec<String> = forged.lines().map(str::to_owned).collect();
    let body = after("", &failed(log), 2);
    assert!(chronicle(&body).pushes[0].builds.is_empty(), "{body}");
    let good = after(&body, &one(made(SECOND, "")), 3);
    let turn = promoted(SECOND);
    let told = retold(&good, &[turn], &redactor()).unwrap();
    assert_eq!(told.matches("is **promoted**").count(), 1, "{told}");
}

fn promoted(image: &str) -> Turn {
    let release = (
        Region::new("eu-west-1"),
        ImageId::new("ami-0123456789abcdef0"),
    );
    Turn {
        image: ImageId::new(image),
        stage: Stage::Promoted {
            name: "web-1.0".to_owned(),
            images: BTreeMap::from([release]),
        },
    }
}

fn turn(image: &str, stage: Stage) -> Turn {
    Turn {
        image: ImageId::new(image),
        stage,
    }
}

#[test]
fn what_became_of_an_image_stands_on_top_and_in_the_table_and_the_report_is_as_it_was() {
    let first = after("", &one(made(FIRST, "")), 1);
    let body = after(&first, &one(made(SECOND, "")), 2);
    let told = retold(&body, &[promoted(SECOND)], &redactor()).unwrap();
    let top: Vec<&str> = told.lines().take(3).collect();
    assert_eq!(top[0], body.lines().next().unwrap());
    assert_eq!(
        top[1],
        "> <code>ami-22222222</code> is **promoted** to the release <code>web-1.0</code>: [<code>ami-0123456789abcdef0</code>](https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#ImageDetails:imageId=ami-0123456789abcdef0) in eu-west-1."
    );
    assert!(rows(&told)[0].contains("(built, promoted)"), "{told}");
    let report = |text: &str| {
        let (_, report) = text.split_once("<!-- ami-build:report -->").unwrap();
        report
            .split_once("<!-- ami-build:pushes -->")
            .unwrap()
            .0
            .to_owned()
    };
    assert_eq!(report(&told), report(&body));
    // Told twice is told once.
    assert_eq!(
        retold(&told, &[promoted(SECOND)], &redactor()).unwrap(),
        told
    );
    // The next push is about another image.
    let next = after(&told, &one(made("ami-33333333", "")), 3);
    assert!(!next.contains("**promoted** to"), "{next}");
    assert!(rows(&next)[1].contains("promoted"), "{next}");
}

#[test]
fn a_closed_pull_request_keeps_one_image_and_loses_the_others() {
    let first = after("", &one(made(FIRST, "")), 1);
    let body = after(&first, &one(made(SECOND, "")), 2);
    let until = Some("2026-12-05T10:00:00Z".to_owned());
    let turns = [
        turn(FIRST, Stage::Removed(Removal::Closed)),
        turn(SECOND, Stage::Kept { until }),
    ];
    let closed = retold(&body, &turns, &redactor()).unwrap();
    assert!(closed.contains("> <code>ami-22222222</code> **stays** after the merge, until it is promoted or until 2026-12-05T10&#58;00&#58;00Z.\n"), "{closed}");
    assert!(rows(&closed)[1].contains("(built, removed)"), "{closed}");
    let expired = [turn(SECOND, Stage::Removed(Removal::Expired))];
    let expired = retold(&closed, &expired, &redactor()).unwrap();
    assert!(
        expired.contains("> <code>ami-22222222</code> is **removed**: its time was over.\n"),
        "{expired}"
    );
    assert!(!expired.contains("**stays**"), "{expired}");
}

#[test]
fn a_comment_that_does_not_know_the_image_is_left_alone() {
    let body = after("", &one(made(FIRST, "")), 1);
    assert_eq!(retold(&body, &[promoted(SECOND)], &redactor()), None);
    assert_eq!(
        retold("a text of somebody", &[promoted(FIRST)], &redactor()),
        None
    );
}

#[test]
fn what_was_rehearsed_is_no_image_of_a_push() {
    let report = one(made(FIRST, ""));
    let rehearsed = report
        .builds
        .into_iter()
        .map(|build| build.rehearsed(Default::default()));
    let report = run(rehearsed.collect());
    assert!(
        Push::of(&report, marker(1, 1).writer, &redactor())
            .builds
            .is_empty()
    );
}
