//! The least IAM policy with which a build can do what it did in the model, and undo it.
//!
//! `calls` says what each call needs, `undo` which calls a build may have to make besides, `keys` what encryption asks for;
//! `document` joins it all into as few statements as there can be. Which resources and conditions a call knows stands in
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>.

mod arns;
mod calls;
mod document;
mod grant;
mod iam;
mod keys;
mod launch;
mod needs;
mod tags;
#[cfg(test)]
mod tests;
mod undo;

pub(crate) use needs::{Needs, policy};
