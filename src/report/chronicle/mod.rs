//! What a comment tells beside the report of one run: the pushes before, what became of their images, and what has changed since.
//!
//! GitHub keeps it: the last line of the comment holds a [`Chronicle`](memory::Chronicle), packed, which nobody sees. Whoever may
//! edit the comment may edit that line, so it is believed as far as a stranger's text is: what it says is bounded, checked and shown
//! as foreign text. And everybody can read it, so secrets are hidden before it is packed.

mod body;
mod contents;
mod memory;
mod packed;
mod push;
mod shown;
pub(crate) mod stage;

pub(crate) use body::{ROOM, compose, retold};
pub(crate) use memory::Memory;

#[cfg(test)]
mod tests;
