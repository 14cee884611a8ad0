//! What the archive's name asks for, as Packer reads it (`post-processor/compress`, `detectFromFilename`).

use crate::plan::post::CompressSettings;

/// How files become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Archive {
    /// There has to be only one.
    Single,
    Tar,
    Zip,
}

/// What the result is compressed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// Not at all; a zip compresses by itself.
    None,
    /// Packer's name of gzip, after the library.
    Pgzip,
    /// Gzip in blocks that can be read from the middle.
    Bgzf,
    Lz4,
    Xz,
    /// Packer can, we cannot.
    Unsupported(&'static str),
}

/// Both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) archive: Archive,
    pub(super) algorithm: Algorithm,
}

impl Algorithm {
    /// As it stands in Packer's lines.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "no compression",
            Self::Pgzip => "pgzip",
            Self::Bgzf => "bgzf",
            Self::Lz4 => "lz4",
            Self::Xz => "xz",
            Self::Unsupported(name) => name,
        }
    }
}

/// The name of a compression that the template asks for and that we cannot write: `build` refuses it before it begins.
pub(crate) fn unsupported_format(settings: &CompressSettings) -> Option<&'static str> {
    match detect(settings).algorithm {
        Algorithm::Unsupported(name) => Some(name),
        _ => None,
    }
}

/// Reads `output` as the template has it: variables in it are not rendered yet, and count for nothing here.
pub(super) fn detect(settings: &CompressSettings) -> Format {
    let whole = match settings.format.as_str() {
        "" => settings.output.clone(),
        format => format!("{}.{format}", settings.output),
    };
    let extensions = extensions(&whole);
    let mut from_the_end = extensions.iter().rev().copied();
    let (last, before) = (from_the_end.next(), from_the_end.next());
    let archive = if before == Some("tar") {
        Archive::Tar
    } else {
        Archive::Single
    };
    let (archive, algorithm) = match last {
        Some("zip") => (Archive::Zip, Algorithm::None),
        Some("tar") => (Archive::Tar, Algorithm::None),
        Some("gz") => (archive, Algorithm::Pgzip),
        Some("bgzf") => (archive, Algorithm::Bgzf),
        Some("lz4") => (archive, Algorithm::Lz4),
        Some("xz") => (archive, Algorithm::Xz),
        Some("bzip2") => (archive, Algorithm::Unsupported("bzip2")),
        _ => (Archive::Tar, Algorithm::Pgzip),
    };
    Format { archive, algorithm }
}

/// All that matches `\.([a-z0-9]+)`.
fn extensions(name: &str) -> Vec<&str> {
    let after_dots = name.split('.').skip(1).map(|part| {
        let end =
            part.find(|letter: char| !(letter.is_ascii_lowercase() || letter.is_ascii_digit()));
        &part[..end.unwrap_or(part.len())]
    });
    after_dots
        .filter(|extension| !extension.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(output: &str, format: &str) -> Format {
        detect(&CompressSettings {
            output: output.to_owned(),
            format: format.to_owned(),
            level: None,
        })
    }

    #[test]
    fn the_last_extension_decides() {
        let cases = [
            ("a.zip", Archive::Zip, Algorithm::None),
            ("a.tar", Archive::Tar, Algorithm::None),
            ("a.gz", Archive::Single, Algorithm::Pgzip),
            ("a.tar.gz", Archive::Tar, Algorithm::Pgzip),
            ("a.tar.bgzf", Archive::Tar, Algorithm::Bgzf),
            ("a.lz4", Archive::Single, Algorithm::Lz4),
            ("a.xz", Archive::Single, Algorithm::Xz),
            ("a.tar.xz", Archive::Tar, Algorithm::Xz),
            ("a.bzip2", Archive::Single, Algorithm::Unsupported("bzip2")),
        ];
        for (output, archive, algorithm) in cases {
            assert_eq!(
                detected(output, ""),
                Format { archive, algorithm },
                "{output}"
            );
        }
    }

    #[test]
    fn what_says_nothing_is_a_tar_in_gzip() {
        let expected = Format {
            archive: Archive::Tar,
            algorithm: Algorithm::Pgzip,
        };
        for output in [
            "a",
            "a.foo.bar",
            "packer_{{.BuildName}}_{{.BuilderType}}",
            "{{user `v`}}",
            "a.ZIP",
        ] {
            assert_eq!(detected(output, ""), expected, "{output}");
        }
    }

    #[test]
    fn the_format_counts_as_one_more_extension() {
        assert_eq!(detected("a.x", "zip").archive, Archive::Zip);
        assert_eq!(detected("a.tar", "gz").archive, Archive::Tar);
        assert_eq!(detected("a.tar", "gz").algorithm, Algorithm::Pgzip);
    }
}
