//! Answers the kernel's questions until the file system is gone.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::time::{Duration, Instant};

use super::node::View;
use super::reply::{self, List};
use super::request::{Attributes, Question, Request, parse};

/// Larger than any request that writes nothing; the kernel refuses to fill less than 8 KiB.
const BUFFER: usize = 64 * 1024;

/// How long the mount is waited for, and how often it is looked for.
const PATIENCE: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_micros(200);

/// Answers on `device`, an open `/dev/fuse`, as one of any number of threads. Until it is mounted, only while that is awaited.
pub(crate) fn serve(mut device: &File, view: &View, is_awaited: impl Fn() -> bool) {
    let mut buffer = vec![0; BUFFER];
    let mounted_by = Instant::now() + PATIENCE;
    loop {
        let count = match device.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => count,
            Err(error) => match error.raw_os_error() {
                // The question was taken back, or a signal came.
                Some(libc::ENOENT | libc::EINTR | libc::EAGAIN) => continue,
                // It is not mounted yet.
                Some(libc::EPERM) if Instant::now() < mounted_by && is_awaited() => {
                    std::thread::park_timeout(TICK);
                    continue;
                }
                _ => return,
            },
        };
        let Some(request) = parse(&buffer[..count]) else {
            continue;
        };
        if request.question == Question::Nothing {
            continue;
        }
        let answer = match answer(view, &request) {
            Ok(body) => {
                let mut whole = reply::header(request.unique, body.len(), 0);
                whole.extend_from_slice(&body);
                whole
            }
            Err(error) => {
                let errno = error.raw_os_error().unwrap_or(libc::EIO);
                reply::header(request.unique, 0, errno)
            }
        };
        // The question may have been taken back meanwhile.
        let _taken_back = device.write(&answer);
    }
}

fn answer(view: &View, request: &Request) -> io::Result<Vec<u8>> {
    let node = request.node;
    Ok(match &request.question {
        Question::Init { readahead, flags } => reply::init(*readahead, *flags),
        Question::Lookup(name) => view
            .lookup(node, name)?
            .map_or_else(reply::no_entry, |attr| reply::entry(&attr)),
        Question::Attributes => reply::attributes(&view.attributes(node)?),
        Question::ReadLink => view.link(node)?.as_bytes().to_vec(),
        Question::Read { offset, size } => view.read(node, *offset, *size)?,
        Question::List {
            offset,
            size,
            attributes,
        } => {
            let mut list = List::new(*size);
            for (name, attr, next) in view.list(node, *offset)? {
                let entry = (*attributes == Attributes::Told).then_some(&attr);
                if !list.push(&name, &attr, next, entry) {
                    break;
                }
            }
            list.finish()
        }
        Question::Space => reply::space(),
        Question::Nothing | Question::Other => {
            return Err(io::Error::from_raw_os_error(libc::ENOSYS));
        }
    })
}
