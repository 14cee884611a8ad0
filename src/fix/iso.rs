//! The checksum of an installation image, for every builder.

use super::parts::Builder;
use super::value::{Value, text_at};

pub(super) fn md5(builder: &mut Builder) {
    if !builder.config.get("iso_md5").is_some_and(Value::is_text) {
        return;
    }
    if let Some(sum) = builder.config.remove("iso_md5") {
        builder.config.insert("iso_checksum".to_owned(), sum);
        builder
            .config
            .insert("iso_checksum_type".to_owned(), Value::text("md5"));
    }
}

/// The URL goes before the sum, and both keys go even where nothing comes of them.
pub(super) fn checksum(builder: &mut Builder) {
    let text = |key| text_at(&builder.config, key).unwrap_or_default();
    let (url, kind, sum) = (
        text("iso_checksum_url"),
        text("iso_checksum_type"),
        text("iso_checksum"),
    );
    let joined = match (url, kind, sum) {
        ("", _, "") => None,
        ("", "", sum) => Some(sum.to_owned()),
        ("", kind, sum) => Some(format!("{kind}:{sum}")),
        (url, _, _) => Some(format!("file:{url}")),
    };
    builder.config.remove("iso_checksum_url");
    builder.config.remove("iso_checksum_type");
    if let Some(joined) = joined {
        builder
            .config
            .insert("iso_checksum".to_owned(), Value::String(joined));
    }
}
