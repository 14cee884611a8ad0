//! What `./test` prepared, and where the repository and its binary lie.

use std::path::{Path, PathBuf};

/// The directory of `Cargo.toml`.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The binary under test: cargo's own, or the one that `AMI_BUILD_BINARY` names, such as a release build.
pub(crate) fn binary() -> PathBuf {
    variable("AMI_BUILD_BINARY").map_or_else(|| env!("CARGO_BIN_EXE_ami-build").into(), Into::into)
}

/// The Python that has the lab's packages.
pub(crate) fn python() -> String {
    prepared("AMI_BUILD_LAB_PYTHON")
}

/// GitHub's OpenAPI description.
pub(crate) fn openapi() -> String {
    prepared("AMI_BUILD_LAB_OPENAPI")
}

fn prepared(name: &str) -> String {
    variable(name)
        .unwrap_or_else(|| panic!("{name} is not set: run ./test, which prepares the lab"))
}

/// A variable of the test process itself.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the tests read their own environment"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
