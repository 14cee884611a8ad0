//! What a machine was asked, as text to compare with what Packer 1.6.6 asked a machine for the same settings.

use super::*;
use crate::remote::DirectoryPart;

/// One line for each request. Contents are shown apart.
pub(super) fn transcript(bench: &Bench) -> String {
    let lines = bench.remote.asked().into_iter().map(|asked| match asked {
        Asked::Run(command) => command.strip_suffix('\n').map_or_else(
            || panic!("`{command}` does not end as Packer's commands do"),
            str::to_owned,
        ),
        Asked::Upload(path, _) => format!("<upload {path}>"),
        Asked::UploadDirectory(path, DirectoryPart::Contents) => format!("<contents {path}>"),
        Asked::UploadDirectory(path, DirectoryPart::Itself) => format!("<directory {path}>"),
        Asked::Download(path) => format!("<download {path}>"),
        Asked::DownloadDirectory(path) => format!("<download directory {path}>"),
        Asked::Pipe(command, _) => format!("<pipe {command}>"),
        Asked::HangUp => "<hang up>".to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What was uploaded to `path` last.
pub(super) fn uploaded(bench: &Bench, path: &str) -> String {
    let asked = bench.remote.asked().into_iter().rev();
    let mut found = asked.filter_map(|asked| match asked {
        Asked::Upload(to, bytes) if to == path => Some(bytes),
        _ => None,
    });
    let bytes = found
        .next()
        .unwrap_or_else(|| panic!("nothing went to {path}"));
    String::from_utf8(bytes).unwrap()
}

/// A bench with these files and directories (those that end in a slash).
pub(super) fn bench_with(names: &[&str]) -> Bench {
    let bench = Bench::new();
    for name in names {
        let path = bench.directory.path().join(name);
        if name.ends_with('/') {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("content of {name}")).unwrap();
        }
    }
    bench
}
