//! Signs in by the job's identity token: GitHub says who the job is, STS gives the role's credentials for that, and both are
//! asked again before the credentials end.

mod account;
mod claims;
mod error;
mod exchange;
mod role;
mod token;

pub(super) use account::check;
pub(super) use error::SignInError;
pub(super) use exchange::first_session;
pub(crate) use role::{AllowedAccounts, SignIn, WebIdentityRole};
