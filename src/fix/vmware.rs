//! VMware.

use super::parts::Builder;
use super::value::{Value, text_at};

pub(super) fn kind(builder: &mut Builder) {
    if builder.kind == "vmware" {
        builder.set_kind("vmware-iso");
    }
}

/// On ESXi only thin disks can be compacted, and the default was another kind when this was written.
pub(super) fn compaction(builder: &mut Builder) {
    if builder.kind != "vmware-iso" || text_at(&builder.config, "remote_type") != Some("esx5") {
        return;
    }
    let disk = builder
        .config
        .entry("disk_type_id".to_owned())
        .or_insert_with(|| Value::text("zeroedthick"));
    let can_compact = disk.as_text().is_none_or(|kind| kind == "thin");
    let is_settled = builder
        .config
        .get("skip_compaction")
        .is_some_and(|value| !value.is_bool());
    if !can_compact && !is_settled {
        builder
            .config
            .insert("skip_compaction".to_owned(), Value::Bool(true));
    }
}
