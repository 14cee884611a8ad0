//! `-debug`: pauses between steps and before each cleanup, and the temporary key in a file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use super::context::RunContext;
use crate::cli::options::Debugging;
use crate::cloud::instance::Instance;
use crate::ledger::{Kind, Row};
use crate::plan::PlannedBuild;
use crate::remote::KeyPair;
use crate::report::prompt;
use crate::report::ui::Ui;

/// Waits for Enter after a step that Packer names so.
pub(super) async fn after_step(cx: &RunContext, ui: &Ui, step: &str) {
    pause(cx, ui, &format!("after run of step '{step}'")).await;
}

/// Waits for Enter before what a step made is removed.
pub(super) async fn before_cleanup(cx: &RunContext, ui: &Ui, step: &str) {
    pause(cx, ui, &format!("before cleanup of step '{step}'")).await;
}

/// The same for all rows of a ledger, the last step first. All pauses come before the first removal: the time that
/// removing may take does not run while somebody looks around.
pub(super) async fn before_cleanups(cx: &RunContext, ui: &Ui, rows: &[Row]) {
    let ends = rows.iter().filter(|row| row.held_until.is_none());
    let mut steps: Vec<&str> = ends.map(|row| step(row.kind)).collect();
    steps.reverse();
    steps.dedup();
    for step in steps {
        before_cleanup(cx, ui, step).await;
    }
}

async fn pause(cx: &RunContext, ui: &Ui, what: &str) {
    if cx.options.debugging == Debugging::Steps {
        prompt::pause(ui, what, &cx.stop).await;
    }
}

/// Packer's name of the step that makes such a thing.
fn step(kind: Kind) -> &'static str {
    match kind {
        Kind::KeyPair => "StepKeyPair",
        Kind::SecurityGroup => "StepSecurityGroup",
        Kind::Instance => "StepRunSourceInstance",
        Kind::Volume => "StepCleanupVolumes",
        Kind::Image | Kind::Snapshot => "stepCreateAMI",
        Kind::ImageCopy => "StepAMIRegionCopy",
        Kind::FastLaunch => "stepEnableFastLaunch",
        Kind::LaunchTemplate => "StepRunSpotInstance",
        Kind::Role | Kind::InstanceProfile => "StepIamInstanceProfile",
    }
}

/// Says where the machine is.
pub(super) fn tell_addresses(cx: &RunContext, ui: &Ui, instance: &Instance) {
    if cx.options.debugging != Debugging::Steps {
        return;
    }
    let addresses = [
        ("Public DNS", &instance.public_dns),
        ("Public IP", &instance.public_ip),
        ("Private IP", &instance.private_ip),
    ];
    for (name, address) in addresses {
        if let Some(address) = address.as_deref().filter(|address| !address.is_empty()) {
            ui.message(&format!("{name}: {address}"));
        }
    }
}

/// Saves the temporary key where whoever debugs finds it. What stands in the way is told, and no reason to end the build.
pub(super) fn save_key(cx: &RunContext, ui: &Ui, build: &PlannedBuild, pair: &KeyPair) {
    if cx.options.debugging != Debugging::Steps {
        return;
    }
    let path = key_path(cx, build);
    let shown = name(build);
    ui.message(&format!("Saving key for debug purposes: {shown}"));
    if let Err(error) = write_key(&path, pair) {
        ui.error(&format!("Error saving debug key '{shown}': {error}"));
    }
}

/// Removes that file.
pub(super) fn remove_key(cx: &RunContext, ui: &Ui, build: &PlannedBuild) {
    if cx.options.debugging != Debugging::Steps {
        return;
    }
    if let Err(error) = absent(fs::remove_file(key_path(cx, build))) {
        ui.error(&format!(
            "Error removing debug key '{}': {error}",
            name(build)
        ));
    }
}

/// A new file that only its owner reads, in place of an old one: never what a link leads to.
fn write_key(path: &PathBuf, pair: &KeyPair) -> io::Result<()> {
    absent(fs::remove_file(path))?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(pair.private_key.expose().as_bytes())
}

fn absent(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn key_path(cx: &RunContext, build: &PlannedBuild) -> PathBuf {
    cx.working_directory.join(name(build))
}

/// Packer's name, in this directory whatever the build is called.
fn name(build: &PlannedBuild) -> String {
    format!("ec2_{}.pem", build.name.replace('/', "_"))
}
