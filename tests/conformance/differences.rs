//! The cases that deliberately come out otherwise, each with the row of `docs/differences.md` that says why.

use std::path::Path;

/// Case, and the first column of its row.
const DIFFERENCES: [(&str, &str); 1] = [(
    "sequence-compress-checksum",
    "Archives of `compress` (gzip, zip, lz4, bgzf, xz)",
)];

/// Whether a case is expected to come out otherwise.
pub(crate) fn is_listed(name: &str) -> bool {
    DIFFERENCES.iter().any(|(case, _)| *case == name)
}

/// Fails where a difference has no row.
pub(crate) fn assert_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/differences.md");
    let text = std::fs::read_to_string(path).unwrap();
    for (case, row) in DIFFERENCES {
        let start = format!("| {row} |");
        assert!(
            text.lines().any(|line| line.starts_with(&start)),
            "{case}: docs/differences.md has no row `{row}`"
        );
    }
}
