//! What the action was told about signing in.

use std::fmt;

/// Which role, and which accounts are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SignIn {
    /// The role that the job's identity token opens; `None` leaves the credentials to the usual sources.
    pub(crate) role: Option<WebIdentityRole>,
    /// Where credentials may lead.
    pub(crate) accounts: AllowedAccounts,
}

/// `sts:AssumeRoleWithWebIdentity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebIdentityRole {
    /// Its ARN.
    pub(crate) arn: String,
    /// The session's name.
    pub(crate) session_name: String,
    /// How long a session lasts; `None` is STS's default, an hour.
    pub(crate) duration_seconds: Option<i32>,
    /// Whom the token is for; `None` is STS of the role's partition.
    pub(crate) audience: Option<String>,
}

/// The accounts that credentials may lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum AllowedAccounts {
    /// Nobody said.
    #[default]
    Any,
    /// These.
    Only(Vec<String>),
}

impl WebIdentityRole {
    /// Whom the token has to be for.
    pub(super) fn audience(&self) -> &str {
        let of_partition = if self.arn.starts_with("arn:aws-cn:") {
            "sts.amazonaws.com.cn"
        } else {
            "sts.amazonaws.com"
        };
        self.audience.as_deref().unwrap_or(of_partition)
    }
}

impl AllowedAccounts {
    /// Whether `account` is one of them.
    pub(super) fn contain(&self, account: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(accounts) => accounts.iter().any(|allowed| allowed == account),
        }
    }
}

impl fmt::Display for AllowedAccounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => formatter.write_str("any"),
            Self::Only(accounts) => write!(formatter, "`{}`", accounts.join("`, `")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audience_is_sts_of_the_roles_partition_unless_it_is_named() {
        let role = |partition: &str, audience: Option<&str>| WebIdentityRole {
            arn: format!("arn:{partition}:iam::123456789012:role/images"),
            session_name: "me".to_owned(),
            duration_seconds: None,
            audience: audience.map(str::to_owned),
        };
        assert_eq!(role("aws", None).audience(), "sts.amazonaws.com");
        assert_eq!(role("aws-us-gov", None).audience(), "sts.amazonaws.com");
        assert_eq!(role("aws-cn", None).audience(), "sts.amazonaws.com.cn");
        assert_eq!(role("aws-cn", Some("mine")).audience(), "mine");
    }

    #[test]
    fn no_list_allows_every_account_and_a_list_no_other() {
        assert!(AllowedAccounts::Any.contain("1"));
        let only = AllowedAccounts::Only(vec!["1".to_owned(), "2".to_owned()]);
        assert!(only.contain("2") && !only.contain("3"));
        assert_eq!(only.to_string(), "`1`, `2`");
    }
}
