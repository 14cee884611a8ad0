//! vSphere: network and disk became lists.

use super::parts::Builder;
use super::value::{Object, Value};

pub(super) fn network_and_disk(builder: &mut Builder) {
    if builder.kind != "vsphere-iso" {
        return;
    }
    // `networkCard` is the spelling of the plugin's first author; `network_card` comes later and wins.
    let network = [
        ("network", "network"),
        ("networkCard", "network_card"),
        ("network_card", "network_card"),
    ];
    gather(&mut builder.config, &network, "network_adapters");
    let disk = ["disk_size", "disk_thin_provisioned", "disk_eagerly_scrub"].map(|key| (key, key));
    gather(&mut builder.config, &disk, "storage");
}

/// Moves the old keys, under their new names, into one object at the head of the list.
fn gather(config: &mut Object, keys: &[(&str, &str)], list: &str) {
    let mut item = Object::new();
    for (old, new) in keys {
        if let Some(value) = config.remove(*old) {
            item.insert((*new).to_owned(), value);
        }
    }
    if item.is_empty() {
        return;
    }
    let mut items = vec![Value::Object(item)];
    match config.remove(list) {
        Some(Value::List(more)) => items.extend(more),
        Some(other) => items.push(other),
        None => {}
    }
    config.insert(list.to_owned(), Value::List(items));
}
