//! Reads the settings of one component: by key, weakly typed, with every key accounted for.

#[cfg(test)]
pub(crate) mod asked;
mod cursor;
mod deprecated;
mod suggestion;

pub(crate) use cursor::Fields;
pub(crate) use deprecated::report_deprecated;
pub(crate) use suggestion::nearest;

#[cfg(test)]
mod tests;
