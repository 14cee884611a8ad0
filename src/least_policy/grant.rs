//! One right: an action on a resource, under a condition.

/// What is allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Grant {
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) condition: Condition,
}

/// When it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Condition {
    pub(super) kind: Kind,
    /// What the kind compares with; several such conditions on the same thing become one.
    pub(super) value: Option<String>,
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The region that is asked: for calls that know no resources.
    InRegion,
    /// Nothing.
    Always,
    /// The thing is made with a build's tag.
    MadeTagged,
    /// The tags come with this creating call.
    Creating,
    /// The thing has a build's tag.
    Own,
    /// The role goes to this service.
    PassedTo,
    /// The role is this service's own.
    OfService,
    /// The key is used through this service.
    Through,
    /// The same, and for a grant that AWS needs.
    GrantThrough,
    /// The key has this alias.
    OfAlias,
    /// The same, and for a grant that AWS needs.
    GrantOfAlias,
}

impl Condition {
    /// A condition that compares with nothing.
    pub(super) fn plain(kind: Kind) -> Self {
        Self { kind, value: None }
    }

    /// A condition that compares with `value`.
    pub(super) fn with(kind: Kind, value: impl Into<String>) -> Self {
        Self {
            kind,
            value: Some(value.into()),
        }
    }
}

impl Grant {
    /// An action on a resource.
    pub(super) fn new(
        action: impl Into<String>,
        resource: impl Into<String>,
        condition: Condition,
    ) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            condition,
        }
    }
}
