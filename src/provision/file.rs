//! `file`: files and directories to the machine and back.

use std::io;
use std::path::Path;

use crate::ownership::{create_directories, hand_over_tree};
use crate::plan::provision::{Direction, FileProvisionerSettings, FileSource};
use crate::remote::{DirectoryPart, Remote, RemoteError, Upload};

use super::shown_transfer::shown;
use super::{Machine, ProvisionContext, ProvisionError};

/// The mode of what `content` becomes: that of Packer's temporary file.
const CONTENT_MODE: u32 = 0o600;

/// Moves everything.
pub(super) async fn run<R: Remote>(
    settings: &FileProvisionerSettings,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    let render = |what, text: &str| {
        cx.render(text)
            .map_err(|cause| ProvisionError::Render { what, cause })
    };
    let destination = render("destination", &settings.destination)?;
    let sources = match &settings.source {
        FileSource::Paths(paths) => paths,
        FileSource::Content(text) => {
            cx.ui.say(&format!("Uploading content => {destination}"));
            let upload = Upload::Bytes(text.clone().into_bytes(), CONTENT_MODE);
            let result = reached(machine, "Upload")?
                .upload(&upload, &destination)
                .await;
            return told(result, "Upload", cx);
        }
    };
    for source in sources {
        let source = render("source", source)?;
        match settings.direction {
            Direction::Upload => {
                cx.ui.say(&format!("Uploading {source} => {destination}"));
                let remote = reached(machine, "Upload")?;
                let meter = remote.meter();
                let moving = upload(remote, &source, &destination, cx);
                let result = shown(&cx.ui, base_name(&source), meter, moving).await;
                told(result, "Upload", cx)?;
            }
            Direction::Download => {
                cx.ui.say(&format!("Downloading {source} => {destination}"));
                let remote = reached(machine, "Download")?;
                let meter = remote.meter();
                let moving = download(remote, &source, &destination, cx);
                let result = shown(&cx.ui, base_name(&source), meter, moving).await;
                told(result, "Download", cx)?;
            }
        }
    }
    Ok(())
}

async fn upload<R: Remote>(
    remote: &mut R,
    source: &str,
    destination: &str,
    cx: &ProvisionContext,
) -> Result<(), RemoteError> {
    let local = cx.local_path(source);
    cx.bounds
        .read(&local)
        .map_err(|why| RemoteError::local(&local, io::Error::other(why)))?;
    if local.is_dir() {
        let part = if source.ends_with('/') {
            DirectoryPart::Contents
        } else {
            DirectoryPart::Itself
        };
        return remote.upload_directory(&local, destination, part).await;
    }
    let destination = if destination.ends_with('/') {
        format!("{destination}{}", base_name(source))
    } else {
        destination.to_owned()
    };
    remote.upload(&Upload::File(local), &destination).await
}

async fn download<R: Remote>(
    remote: &mut R,
    source: &str,
    destination: &str,
    cx: &ProvisionContext,
) -> Result<(), RemoteError> {
    let local = cx.local_path(destination);
    let may_write = |path: &Path| {
        let written = cx.bounds.write(path);
        written.map_err(|why| RemoteError::local(path, io::Error::other(why)))
    };
    may_write(&local)?;
    let parents = if destination.ends_with('/') {
        Some(local.as_path())
    } else {
        local.parent()
    };
    if let Some(parents) = parents.filter(|path| *path != Path::new("")) {
        create_directories(parents, cx.owner).map_err(|source| RemoteError::Local {
            path: parents.to_owned(),
            source,
        })?;
    }
    if source.ends_with('/') || source.contains(['*', '?', '[']) {
        remote.download_directory(source, &local).await?;
        hand_over_tree(&local, cx.owner);
        return Ok(());
    }
    let local = if destination.ends_with('/') {
        local.join(base_name(source))
    } else {
        local
    };
    may_write(&local)?;
    remote.download(source, &local).await?;
    hand_over_tree(&local, cx.owner);
    Ok(())
}

fn base_name(path: &str) -> &str {
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or(path)
}

fn reached<'a, R>(
    machine: &'a mut Machine<'_, R>,
    call: &'static str,
) -> Result<&'a mut R, ProvisionError> {
    match machine {
        Machine::Reached(remote) => Ok(remote),
        Machine::None => Err(ProvisionError::NoMachine {
            doing: "Error moving a file",
            call,
        }),
    }
}

fn told(
    result: Result<(), RemoteError>,
    what: &str,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    result.map_err(|cause| {
        let error = ProvisionError::Transfer(cause);
        cx.ui.error(&format!("{what} failed: {error}"));
        error
    })
}
