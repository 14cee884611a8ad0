//! The rooms that do no I/O, compiled without the rest of the program, and what the fuzzer does with them.
//!
//! They are included by path: a dependency on the program would compile AWS's SDK, with the sanitizer, for an hour.

#[path = "../../src/bounds/mod.rs"]
mod bounds;
mod cloud;
#[path = "../../src/facts.rs"]
mod facts;
mod images;
#[path = "../../src/lookups.rs"]
mod lookups;
#[path = "../../src/plan/mod.rs"]
mod plan;
#[path = "../../src/policy/mod.rs"]
mod policy;
#[path = "../../src/secret.rs"]
mod secret;
#[path = "../../src/template/mod.rs"]
mod template;
#[path = "../../src/version.rs"]
mod version;

pub mod expressions;
pub mod json;
pub mod templates;
