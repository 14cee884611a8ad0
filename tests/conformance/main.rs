//! Recorded behaviour of Packer: templates, what was run with them, and what came of it. The real binary has to do the same.
//!
//! One file in `cases` is one case; `case.rs` says what may stand in it. `AMI_BUILD_CASE=part-of-a-name` runs only some.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it stands"
)]

mod archive;
mod case;
mod category;
mod differences;
mod judge;
mod machine;
mod pattern;
mod run;
mod sandbox;

use category::assert_agrees;

#[test]
fn the_shape_of_a_template() {
    assert_agrees("schema");
}

#[test]
fn interpolation() {
    assert_agrees("interpolation");
}

#[test]
fn variables() {
    assert_agrees("variables");
}

#[test]
fn commands_and_their_flags() {
    assert_agrees("commands");
}

#[test]
fn signals() {
    assert_agrees("signals");
}

#[test]
fn provisioners_on_this_machine() {
    assert_agrees("provisioner-local");
}

#[test]
fn provisioners_over_ssh() {
    assert_agrees("provisioner-ssh");
}

#[test]
fn post_processors() {
    assert_agrees("post-processor");
}

#[test]
fn validation_of_amazon_builders() {
    assert_agrees("amazon-validate");
}

#[test]
fn every_case_is_in_a_category_that_is_run() {
    let mut found = category::names();
    found.sort();
    let run = [
        "amazon-validate",
        "commands",
        "interpolation",
        "post-processor",
        "provisioner-local",
        "provisioner-ssh",
        "schema",
        "signals",
        "variables",
    ];
    assert_eq!(found, run);
}

#[test]
fn every_difference_is_explained_in_the_documents() {
    differences::assert_documented();
}
