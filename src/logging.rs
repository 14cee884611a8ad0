//! The log on the standard error, or in a file: for those who look for a fault, off otherwise.

use std::io::Write;

use env_logger::{Builder, Target};
use log::LevelFilter;

use crate::action::environment::{Environment, RUNNER_DEBUG};
use crate::secret::Redactor;
use crate::version;

/// Anything but nothing and `0` turns the log on, as in Packer.
const PACKER_LOG: &str = "PACKER_LOG";
/// A file for the log; it turns the log on too.
const PACKER_LOG_PATH: &str = "PACKER_LOG_PATH";

/// Starts the log. Every line goes through the redactor.
pub fn start(environment: &Environment, redactor: &Redactor) {
    let wanted = environment
        .get(PACKER_LOG)
        .is_some_and(|value| value != "0");
    let file = environment.get(PACKER_LOG_PATH);
    let debugging = environment.get(RUNNER_DEBUG) == Some("1");
    let level = if wanted || debugging || file.is_some() {
        LevelFilter::Debug
    } else {
        LevelFilter::Error
    };
    let mut builder = Builder::new();
    // The libraries below log bodies and headers at their lowest levels; ours is enough, with their warnings.
    builder
        .filter_level(level.min(LevelFilter::Warn))
        .filter_module("ami_build", level);
    let redactor = redactor.clone();
    builder.format(move |formatter, record| {
        let now = time::OffsetDateTime::now_utc()
            .format(&time::format_description::well_known::Rfc3339)
            .unwrap_or_default();
        let text = redactor.redact(&record.args().to_string());
        writeln!(
            formatter,
            "{now} {} {}: {text}",
            record.level(),
            record.target()
        )
    });
    if let Some(path) = file {
        match std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
        {
            Ok(file) => {
                builder.target(Target::Pipe(Box::new(file)));
            }
            Err(error) => {
                builder.init();
                log::error!("cannot write the log to `{path}`: {error}");
                return;
            }
        }
    }
    builder.init();
    let (packer, own) = (version::PACKER, version::OWN);
    log::info!("Packer version: {packer} [ami-build {own}]");
}
