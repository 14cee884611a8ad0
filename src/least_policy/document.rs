//! Many rights as few statements: a managed policy takes 6144 characters.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::grant::{Grant, Kind};
use crate::ledger::BUILD_ID_TAG;

type Texts = BTreeSet<String>;

/// Actions on resources under one condition.
struct Statement {
    kind: Kind,
    /// What the condition compares with.
    values: Texts,
    actions: Texts,
    resources: Texts,
}

/// The policy.
pub(super) fn of(grants: BTreeSet<Grant>) -> Value {
    let known = known_kinds(&grants);
    let mut statements: Vec<Statement> = Vec::new();
    for statement in apart(grants) {
        let room = statements
            .iter_mut()
            .find(|other| other.can_take(&statement, &known));
        match room {
            Some(other) => other.take(statement),
            None => statements.push(statement),
        }
    }
    let statements: Vec<Value> = statements.iter().map(Statement::shown).collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// One statement for each action under each condition.
fn apart(grants: BTreeSet<Grant>) -> impl Iterator<Item = Statement> {
    let mut values: BTreeMap<(Kind, String, String), Texts> = BTreeMap::new();
    for grant in grants {
        let (kind, value) = (grant.condition.kind, grant.condition.value);
        let known = values.entry((kind, grant.action, grant.resource));
        known.or_default().extend(value);
    }
    let mut resources: BTreeMap<(Kind, Texts, String), Texts> = BTreeMap::new();
    for ((kind, action, resource), values) in values {
        let known = resources.entry((kind, values, action));
        known.or_default().insert(resource);
    }
    resources
        .into_iter()
        .map(|((kind, values, action), resources)| Statement {
            kind,
            values,
            actions: [action].into(),
            resources,
        })
}

/// The kinds of resources that each action knows.
fn known_kinds(grants: &BTreeSet<Grant>) -> BTreeMap<String, Texts> {
    let mut known: BTreeMap<String, Texts> = BTreeMap::new();
    for grant in grants {
        let kinds = known.entry(grant.action.clone()).or_default();
        kinds.insert(resource_kind(&grant.resource).to_owned());
    }
    known
}

/// `instance` of `arn:aws:ec2:eu-west-1:*:instance/*`.
fn resource_kind(resource: &str) -> &str {
    let name = resource.rsplit(':').next().unwrap_or_default();
    name.split('/').next().unwrap_or_default()
}

impl Statement {
    /// Whether both can be one without allowing anything more: no action knows any of the other's resources but those that
    /// it has itself. The creating calls may stand together in any case, since none makes what another one makes.
    fn can_take(&self, other: &Self, known: &BTreeMap<String, Texts>) -> bool {
        if self.kind != other.kind || self.service() != other.service() {
            return false;
        }
        if self.kind == Kind::Creating {
            return true;
        }
        self.values == other.values
            && self.gains_nothing(&other.resources, known)
            && other.gains_nothing(&self.resources, known)
    }

    /// Whose actions they are: a reader looks for all of them in one place.
    fn service(&self) -> Option<&str> {
        self.actions.first()?.split(':').next()
    }

    fn gains_nothing(&self, resources: &Texts, known: &BTreeMap<String, Texts>) -> bool {
        let means_nothing = |action: &String, resource: &str| {
            let kinds = known.get(action);
            kinds.is_none_or(|kinds| !kinds.contains(resource_kind(resource)))
        };
        resources.difference(&self.resources).all(|resource| {
            let mut actions = self.actions.iter();
            actions.all(|action| means_nothing(action, resource))
        })
    }

    fn take(&mut self, other: Self) {
        self.values.extend(other.values);
        self.actions.extend(other.actions);
        self.resources.extend(other.resources);
    }

    fn shown(&self) -> Value {
        let mut statement = Map::new();
        statement.insert("Effect".to_owned(), json!("Allow"));
        statement.insert("Action".to_owned(), json!(self.actions));
        statement.insert("Resource".to_owned(), json!(self.resources));
        if let Some(condition) = condition(self.kind, &self.values) {
            statement.insert("Condition".to_owned(), condition);
        }
        Value::Object(statement)
    }
}

fn condition(kind: Kind, values: &Texts) -> Option<Value> {
    let equals = |key: &str| json!({ "StringEquals": { key: values } });
    let has = |key: &str| {
        let key = format!("{key}/{BUILD_ID_TAG}");
        json!({ "Null": { key: "false" } })
    };
    let any = |key: &str| json!({ "ForAnyValue:StringEquals": { key: values } });
    let for_aws = |mut condition: Value| {
        condition["Bool"] = json!({ "kms:GrantIsForAWSResource": "true" });
        condition
    };
    Some(match kind {
        Kind::Always => return None,
        Kind::InRegion => equals("aws:RequestedRegion"),
        Kind::MadeTagged => has("aws:RequestTag"),
        Kind::Creating => equals("ec2:CreateAction"),
        Kind::Own => has("aws:ResourceTag"),
        Kind::PassedTo => equals("iam:PassedToService"),
        Kind::OfService => equals("iam:AWSServiceName"),
        Kind::Through => equals("kms:ViaService"),
        Kind::GrantThrough => for_aws(equals("kms:ViaService")),
        Kind::OfAlias => any("kms:ResourceAliases"),
        Kind::GrantOfAlias => for_aws(any("kms:ResourceAliases")),
    })
}
