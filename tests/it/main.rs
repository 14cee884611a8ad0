//! The real binary against real parts: an EC2 that speaks the wire protocol, machines with sshd, a GitHub that checks every
//! request. `./test` prepares them; without it these tests fail and say so.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it stands"
)]

mod abandoned;
mod action;
mod ansible;
mod attributes;
mod calls;
mod checksum;
mod command_line;
mod comment;
mod comment_story;
mod comment_traffic;
mod config_management;
mod connections;
mod credentials;
mod examples;
mod faults;
mod iam_policy;
mod invalid;
mod layers;
mod ledger;
mod matrix;
mod neighbours;
mod outlook;
mod policy;
mod policy_file;
mod promote;
mod promote_again;
mod promote_bounds;
mod promote_finds;
mod prune;
mod pull_request_life;
mod reaching;
mod recipes;
mod rehearse;
mod rehearse_fork_docker;
mod rehearse_forks;
mod rehearse_sandbox;
mod rehearse_workspace;
mod reuse;
mod sign_in;
mod spot;
mod stop;
mod stores;
mod support;
mod survival;
mod sweeping;
mod terminal;
mod timer;
mod untrusted;
