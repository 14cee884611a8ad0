//! Says what is at paths: whoever has thousands of them asks once.

use std::fs;
use std::io::{self, BufRead as _, BufWriter, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Reads paths that end with a zero byte, and writes a line for each: type and mode, owner, group, size, time; or `-`. An empty
/// path is the last one.
pub(super) fn run() -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    for path in io::stdin().lock().split(0) {
        let path = path?;
        if path.is_empty() {
            break;
        }
        let path = Path::new(std::ffi::OsStr::from_bytes(&path));
        match fs::symlink_metadata(path) {
            Ok(found) => writeln!(
                output,
                "{} {} {} {} {}",
                found.mode(),
                found.uid(),
                found.gid(),
                found.len(),
                found.mtime()
            )?,
            Err(_) => writeln!(output, "-")?,
        }
    }
    output.flush()
}
