//! Writes the archive, with Packer's lines.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};
use lzma_rust2::{XzOptions, XzWriter};

use super::archive::{self, Members};
use super::bgzf::BgzfWriter;
use super::error::CompressError;
use super::format::{Algorithm, Archive, Format, detect};
use crate::file_error::FileError;
use crate::ownership::{self, FileOwner};
use crate::plan::post::CompressSettings;
use crate::post::artifact::{Artifact, Substance};
use crate::post::context::PostContext;
use crate::post::stoppable::{Stoppable, blocking};
use crate::report::ui::Ui;
use crate::stop::Stop;

/// Makes the archive.
pub(in crate::post) async fn run(
    settings: &CompressSettings,
    artifact: &Artifact,
    cx: &PostContext<'_>,
) -> Result<Artifact, CompressError> {
    let format = detect(settings);
    if let Algorithm::Unsupported(name) = format.algorithm {
        return Err(CompressError::Unsupported { name });
    }
    let values = cx.values(&[("BuildName", cx.build_name), ("BuilderType", cx.build_kind)]);
    let output = cx
        .scope
        .render_until_stable(&settings.output, &values)
        .map_err(CompressError::Output)?;
    cx.may_write(&output)?;
    let job = Job {
        format,
        level: settings
            .level
            .map_or_else(Compression::default, Compression::new),
        output: output.clone(),
        files: artifact.files.clone(),
        directory: cx.working_directory.to_owned(),
        owner: cx.owner,
        stop: cx.stop.clone(),
        ui: cx.ui.clone(),
    };
    blocking(move || job.run()).await?;
    cx.ui.say(&format!("Archive {output} completed"));
    Ok(Artifact {
        builder_id: "packer.post-processor.compress",
        id: String::new(),
        text: format!("compressed artifacts in: {output}"),
        files: vec![output],
        substance: Substance::OneFile,
    })
}

struct Job {
    format: Format,
    level: Compression,
    output: String,
    files: Vec<String>,
    directory: PathBuf,
    owner: Option<FileOwner>,
    stop: Stop,
    ui: Ui,
}

impl Job {
    fn run(&self) -> Result<(), CompressError> {
        self.refuse_itself()?;
        let file = self.create()?;
        if self.format.archive == Archive::Zip {
            self.ui.say(&format!("Zipping {}", self.output));
            return archive::zip(&self.members(), file).map_err(|source| CompressError::Archive {
                kind: "zip",
                source,
            });
        }
        self.announce();
        let mut sink = Sink::new(file, self.format.algorithm, self.level).map_err(|error| {
            CompressError::Create {
                archive: self.output.clone(),
                source: FileError::new("open", &self.output, error),
            }
        })?;
        let filled = match self.format.archive {
            Archive::Single => self.fill_with_the_only_file(&mut sink),
            Archive::Tar | Archive::Zip => self.fill_with_tar(&mut sink),
        };
        // After a failure too, as in Packer: what is there can then be unpacked.
        let finished = sink.finish().map_err(|error| CompressError::Finish {
            archive: self.output.clone(),
            source: FileError::new("write", &self.output, error),
        });
        filled.and(finished)
    }

    fn members(&self) -> Members<'_> {
        Members {
            files: &self.files,
            directory: &self.directory,
            stop: &self.stop,
        }
    }

    fn refuse_itself(&self) -> Result<(), CompressError> {
        let Ok(there) = fs::canonicalize(self.directory.join(&self.output)) else {
            return Ok(());
        };
        let same = |file: &String| {
            fs::canonicalize(self.directory.join(file)).is_ok_and(|path| path == there)
        };
        if self.files.iter().any(same) {
            let archive = self.output.clone();
            return Err(CompressError::Itself { archive });
        }
        Ok(())
    }

    fn create(&self) -> Result<File, CompressError> {
        let path = self.directory.join(&self.output);
        if let Some(parent) = path.parent() {
            let made = ownership::create_directories(parent, self.owner);
            made.map_err(|error| CompressError::Directory {
                archive: self.output.clone(),
                source: FileError::new("mkdir", &self.output, error),
            })?;
        }
        let new = !path.exists();
        let file = File::create(&path).map_err(|error| CompressError::Create {
            archive: self.output.clone(),
            source: FileError::new("open", &self.output, error),
        })?;
        if new {
            ownership::hand_over(&file, self.owner);
        }
        Ok(file)
    }

    /// Packer counts the processors here; we use one, and say what Packer says, since logs are compared.
    fn announce(&self) {
        let (algorithm, output) = (self.format.algorithm, &self.output);
        let how = match algorithm {
            Algorithm::None => return,
            Algorithm::Xz => format!("1 core for {output} (library does not support MT)"),
            _ => {
                let cores = std::thread::available_parallelism().map_or(1, usize::from);
                format!("{cores} cores for {output}")
            }
        };
        let name = algorithm.name();
        self.ui.say(&format!("Using {name} compression with {how}"));
    }

    fn fill_with_tar(&self, sink: &mut Sink) -> Result<(), CompressError> {
        let (output, algorithm) = (&self.output, self.format.algorithm.name());
        self.ui.say(&format!("Tarring {output} with {algorithm}"));
        archive::tar(&self.members(), sink).map_err(|source| CompressError::Archive {
            kind: "tar",
            source,
        })
    }

    fn fill_with_the_only_file(&self, sink: &mut Sink) -> Result<(), CompressError> {
        let [file] = self.files.as_slice() else {
            let files = self.files.clone();
            return Err(CompressError::NotOneFile { files });
        };
        self.ui.say(&format!(
            "Archiving {file} with {}",
            self.format.algorithm.name()
        ));
        let opened =
            File::open(self.directory.join(file)).map_err(|error| CompressError::Open {
                file: file.clone(),
                source: FileError::new("open", file, error),
            })?;
        let copied = io::copy(&mut Stoppable::new(opened, &self.stop), sink);
        copied.map(drop).map_err(|error| CompressError::Compress {
            file: file.clone(),
            source: FileError::new("copy", file, error),
        })
    }
}

/// Where the bytes go.
enum Sink {
    Plain(File),
    Gzip(GzEncoder<File>),
    Bgzf(BgzfWriter<File>),
    Lz4(Box<FrameEncoder<File>>),
    Xz(Box<XzWriter<File>>),
}

/// As Packer's library frames it. Ours has one level only; the result is an lz4 file at any rate.
fn lz4() -> FrameInfo {
    FrameInfo::new()
        .block_size(BlockSize::Max4MB)
        .content_checksum(true)
}

impl Sink {
    fn new(file: File, algorithm: Algorithm, level: Compression) -> io::Result<Self> {
        Ok(match algorithm {
            Algorithm::None | Algorithm::Unsupported(_) => Self::Plain(file),
            Algorithm::Pgzip => Self::Gzip(GzEncoder::new(file, level)),
            Algorithm::Bgzf => Self::Bgzf(BgzfWriter::new(file, level)),
            Algorithm::Lz4 => Self::Lz4(Box::new(FrameEncoder::with_frame_info(lz4(), file))),
            // Packer gives its library no level either.
            Algorithm::Xz => Self::Xz(Box::new(XzWriter::new(file, XzOptions::default())?)),
        })
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(_file) => Ok(()),
            Self::Gzip(encoder) => encoder.finish().map(drop),
            Self::Bgzf(writer) => writer.finish().map(drop),
            Self::Lz4(encoder) => encoder.finish().map(drop).map_err(io::Error::other),
            Self::Xz(encoder) => encoder.finish().map(drop),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Bgzf(writer) => writer.write(bytes),
            Self::Lz4(encoder) => encoder.write(bytes),
            Self::Xz(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Bgzf(writer) => writer.flush(),
            Self::Lz4(encoder) => encoder.flush(),
            Self::Xz(encoder) => encoder.flush(),
        }
    }
}
