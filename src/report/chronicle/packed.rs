//! A chronicle as the last line of a comment: JSON, compressed, in characters that no part of HTML or Markdown reads.

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::memory::{Chronicle, Memory};

/// What the line begins with. base64 has no `-`, so nothing in it can end an HTML comment.
const BEGIN: &str = "<!-- ami-build:memory:v1 ";
/// What it ends with.
const END: &str = " -->";
/// Nothing that we wrote unpacks to more.
const MOST_UNPACKED: u64 = 1 << 20;

/// The line, without its end. Where the lists of packages are too long for it the longest are forgotten.
pub(super) fn line(chronicle: &Chronicle, room: usize) -> String {
    let packed = pack(chronicle);
    let longest = chronicle
        .contents
        .iter()
        .max_by_key(|(_, content)| content.size());
    match longest {
        Some((name, _)) if packed.len() > room => {
            let mut shorter = chronicle.clone();
            shorter.contents.remove(name);
            line(&shorter, room)
        }
        _ => format!("{BEGIN}{packed}{END}"),
    }
}

/// Reads the last line of a comment.
pub(super) fn read(body: &str) -> Memory {
    let last = body.trim_end().lines().next_back().unwrap_or_default();
    let Some(packed) = last.strip_prefix(BEGIN) else {
        return Memory::Empty;
    };
    match packed.strip_suffix(END).and_then(unpack) {
        Some(chronicle) if chronicle.is_sound() => Memory::Known(chronicle),
        _ => Memory::Unreadable,
    }
}

fn pack(chronicle: &Chronicle) -> String {
    let json = serde_json::to_vec(chronicle).expect("texts and numbers are JSON");
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(&json)
        .and_then(|()| encoder.finish())
        .map(|bytes| STANDARD.encode(bytes))
        .expect("memory takes what is written to it")
}

fn unpack(packed: &str) -> Option<Chronicle> {
    let bytes = STANDARD.decode(packed).ok()?;
    let mut json = Vec::new();
    let mut limited = ZlibDecoder::new(&*bytes).take(MOST_UNPACKED);
    limited.read_to_end(&mut json).ok()?;
    serde_json::from_slice(&json).ok()
}
