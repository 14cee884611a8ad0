//! Keys of the amazon builders.

use super::parts::Builder;
use super::rename::{Clash, anything, rename};
use super::template::FixError;
use super::value::Value;
use crate::template::weak::parse_bool;

fn is_amazon(builder: &Builder) -> bool {
    builder.kind.starts_with("amazon-")
}

pub(super) fn shutdown_behavior(builder: &mut Builder) {
    if is_amazon(builder) {
        let names = ("shutdown_behaviour", "shutdown_behavior");
        rename(&mut builder.config, names, anything, Clash::OldWins);
    }
}

pub(super) fn enhanced_networking(builder: &mut Builder) {
    if is_amazon(builder) {
        let names = ("enhanced_networking", "ena_support");
        rename(&mut builder.config, names, Value::is_bool, Clash::OldWins);
    }
}

/// Does nothing where `ssh_interface` is set already.
pub(super) fn private_ip(builder: &mut Builder) -> Result<(), FixError> {
    const OLD: &str = "ssh_private_ip";
    if !is_amazon(builder) || builder.config.contains_key("ssh_interface") {
        return Ok(());
    }
    let is_private = match builder.config.get(OLD) {
        None => return Ok(()),
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => parse_bool(text).ok_or_else(|| FixError::NoBoolean {
            given: format!("{text:?}"),
        })?,
        Some(other) => {
            let given = other.kind().to_owned();
            return Err(FixError::NoBoolean { given });
        }
    };
    let interface = if is_private {
        "private_ip"
    } else {
        "public_ip"
    };
    builder.config.remove(OLD);
    builder
        .config
        .insert("ssh_interface".to_owned(), Value::text(interface));
    Ok(())
}

pub(super) fn source_cidrs(builder: &mut Builder) {
    const OLD: &str = "temporary_security_group_source_cidr";
    if is_amazon(builder) && builder.config.get(OLD).is_some_and(Value::is_text) {
        let list = builder.config.remove(OLD).into_iter().collect();
        builder.config.insert(
            "temporary_security_group_source_cidrs".to_owned(),
            Value::List(list),
        );
    }
}

pub(super) fn spot_price_product(builder: &mut Builder) {
    if matches!(
        builder.kind.as_str(),
        "amazon-ebs" | "amazon-ebssurrogate" | "amazon-ebsvolume" | "amazon-instance"
    ) {
        builder.config.remove("spot_price_auto_product");
    }
}
