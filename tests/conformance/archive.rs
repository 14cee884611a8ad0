//! Files as cases describe them: text as text, archives by what is in them.

use std::io::{Cursor, Read};

use flate2::read::GzDecoder;
use serde_json::{Map, Value, json};

/// A text, or for an archive its format and its members.
pub(crate) fn describe(bytes: &[u8]) -> Value {
    if bytes.starts_with(b"\x1f\x8b") {
        return gzip(bytes);
    }
    if bytes.starts_with(b"PK") {
        return json!({ "format": "zip", "members": zip(bytes) });
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::from(text),
        Err(_) => json!({ "bytes": bytes }),
    }
}

fn gzip(bytes: &[u8]) -> Value {
    let mut content = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut content).unwrap();
    if content.get(257..262) == Some(b"ustar".as_slice()) {
        json!({ "format": "tar+gzip", "members": tar(&content) })
    } else {
        json!({ "format": "gzip", "content": text(&content) })
    }
}

fn tar(bytes: &[u8]) -> Map<String, Value> {
    let mut archive = tar::Archive::new(bytes);
    let entries = archive.entries().unwrap().map(Result::unwrap);
    entries
        .map(|mut entry| {
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            let name = entry.path().unwrap().display().to_string();
            (name, text(&content))
        })
        .collect()
}

fn zip(bytes: &[u8]) -> Map<String, Value> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut member = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            member.read_to_end(&mut content).unwrap();
            (member.name().to_owned(), text(&content))
        })
        .collect()
}

fn text(bytes: &[u8]) -> Value {
    Value::from(String::from_utf8_lossy(bytes).into_owned())
}
