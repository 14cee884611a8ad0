//! The SSH communicator, for every builder.

use super::parts::Builder;
use super::rename::{Clash, rename, rename_or_drop};
use super::value::Value;

pub(super) fn key_path(builder: &mut Builder) {
    let names = ("ssh_key_path", "ssh_private_key_file");
    rename(&mut builder.config, names, Value::is_text, Clash::NewWins);
}

pub(super) fn disable_agent(builder: &mut Builder) {
    let names = ("ssh_disable_agent", "ssh_disable_agent_forwarding");
    rename(&mut builder.config, names, Value::is_bool, Clash::NewWins);
}

pub(super) fn wait_timeout(builder: &mut Builder) {
    let names = ("ssh_wait_timeout", "ssh_timeout");
    rename_or_drop(&mut builder.config, names, Value::is_text);
}
