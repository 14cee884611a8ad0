//! Post-processors.

use super::rename::{Clash, rename};
use super::template::FixError;
use super::value::{Object, Value, text_at};

/// What stood beside the type moves into `override`, and takes the place of what stood there.
pub(super) fn vagrant_override(post_processor: &mut Object) -> Result<(), FixError> {
    if text_at(post_processor, "type") != Some("vagrant") {
        return Ok(());
    }
    let moved: Object = ["aws", "digitalocean", "virtualbox", "vmware"]
        .into_iter()
        .filter_map(|provider| post_processor.remove_entry(provider))
        .collect();
    if !moved.is_empty() {
        post_processor.insert("override".to_owned(), Value::Object(moved));
    }
    Ok(())
}

pub(super) fn manifest_filename(post_processor: &mut Object) -> Result<(), FixError> {
    if text_at(post_processor, "type") == Some("manifest") {
        let names = ("filename", "output");
        rename(post_processor, names, Value::is_text, Clash::OldWins);
    }
    Ok(())
}
