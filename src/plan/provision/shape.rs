//! Tables of keys by type, for provisioners that are checked but not run.

use crate::template::fields::Fields;

/// The keys of one provisioner.
pub(super) struct Keys {
    pub(super) texts: &'static [&'static str],
    pub(super) lists: &'static [&'static str],
    pub(super) maps: &'static [&'static str],
    pub(super) flags: &'static [&'static str],
    pub(super) integers: &'static [&'static str],
    pub(super) durations: &'static [&'static str],
    /// Of any shape.
    pub(super) raw: &'static [&'static str],
}

impl Keys {
    /// No keys at all, to build on.
    pub(super) const NONE: Self = Self {
        texts: &[],
        lists: &[],
        maps: &[],
        flags: &[],
        integers: &[],
        durations: &[],
        raw: &[],
    };

    /// Reads every key, so that each type is checked and each key counts as known.
    pub(super) fn read(&self, fields: &mut Fields<'_>) {
        self.texts.iter().for_each(|key| drop(fields.string(key)));
        self.lists.iter().for_each(|key| drop(fields.strings(key)));
        self.maps.iter().for_each(|key| drop(fields.map(key)));
        self.flags.iter().for_each(|key| _ = fields.tristate(key));
        self.integers.iter().for_each(|key| _ = fields.integer(key));
        self.durations
            .iter()
            .for_each(|key| _ = fields.duration(key));
        self.raw.iter().for_each(|key| _ = fields.node(key));
    }
}
