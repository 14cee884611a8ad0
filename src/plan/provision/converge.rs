//! `converge`: checked, not run.

use crate::facts::Facts;
use crate::template::fields::Fields;

use super::checks;
use super::shape::Keys;

pub(super) const KEYS: Keys = Keys {
    texts: &[
        "execute_command",
        "version",
        "bootstrap_command",
        "module",
        "working_directory",
    ],
    maps: &["params"],
    flags: &["prevent_sudo", "bootstrap", "prevent_bootstrap_sudo"],
    raw: &["module_dirs"],
    ..Keys::NONE
};

pub(super) fn check(fields: &mut Fields<'_>, facts: &Facts) {
    for (number, mut directory) in fields.blocks("module_dirs").into_iter().enumerate() {
        let (source, destination) = (directory.text("source"), directory.text("destination"));
        directory.strings("exclude");
        if source.is_empty() {
            directory.problem(
                "source",
                format!("Source (\"source\" key) is required in Converge module dir #{number}"),
            );
        } else if let Some(fault) = checks::path_fault(&source, facts) {
            directory.problem("source", format!("Bad source '{source}': {fault}"));
        }
        if destination.is_empty() {
            directory.problem(
                "destination",
                format!(
                    "Destination (\"destination\" key) is required in Converge module dir #{number}"
                ),
            );
        }
        directory.finish();
    }
    if fields.text("module").is_empty() {
        fields.problem(
            "module",
            "Converge requires a module to provision the system",
        );
    }
}
