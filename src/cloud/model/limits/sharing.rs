//! With whom something encrypted can be shared: nobody else can use a key that AWS manages for an account.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html>

use super::super::place::{Outcome, Refused};

/// What a snapshot is encrypted with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Key {
    /// The account's default one, which AWS manages unless its owner chose another.
    Default,
    /// One of the customer's.
    Own(String),
}

/// An image whose snapshots are encrypted so.
pub(in super::super) fn check_image(keys: &[Key], who: &[String]) -> Outcome<()> {
    match keys.iter().all(|key| may_be_shared(key, who)) {
        true => Ok(()),
        false => Err(Refused::new(
            "InvalidParameter",
            "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.",
        )),
    }
}

/// A snapshot.
pub(in super::super) fn check_snapshot(key: Option<&Key>, who: &[String]) -> Outcome<()> {
    match key.is_none_or(|key| may_be_shared(key, who)) {
        true => Ok(()),
        false => Err(Refused::new(
            "OperationNotPermitted",
            "Encrypted snapshots with EBS default key cannot be shared",
        )),
    }
}

/// What is encrypted is for those whom its key lets in, and so never for everybody.
fn may_be_shared(key: &Key, who: &[String]) -> bool {
    let is_public = who.iter().any(|one| one == "all");
    matches!(key, Key::Own(_)) && !is_public
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_default_key_encrypts_is_shared_with_nobody() {
        let friend = ["210987654321".to_owned()];
        let refused = check_snapshot(Some(&Key::Default), &friend).unwrap_err();
        assert_eq!(refused.code, "OperationNotPermitted");
        let refused = check_image(&[Key::Default], &friend).unwrap_err();
        assert_eq!(refused.code, "InvalidParameter");
        assert!(check_snapshot(Some(&Key::Own("alias/mine".to_owned())), &friend).is_ok());
        assert!(check_snapshot(None, &friend).is_ok());
    }

    #[test]
    fn nothing_encrypted_is_shared_with_everybody() {
        let everybody = ["all".to_owned()];
        let own = Key::Own("alias/mine".to_owned());
        assert!(check_image(&[own], &everybody).is_err());
        assert!(check_image(&[], &everybody).is_ok());
    }
}
