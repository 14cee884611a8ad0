//! Many rights as few statements.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::grant::{Grant, Kind};
use crate::ledger::BUILD_ID_TAG;

/// What a statement's condition compares with.
type Values = BTreeSet<String>;

/// The policy: rights under the same condition on the same resources stand together.
pub(super) fn of(grants: BTreeSet<Grant>) -> Value {
    let mut values: BTreeMap<(Kind, String, String), Values> = BTreeMap::new();
    for Grant {
        action,
        resource,
        condition,
    } in grants
    {
        let known = values.entry((condition.kind, action, resource));
        known.or_default().extend(condition.value);
    }
    let mut resources: BTreeMap<(Kind, Values, String), BTreeSet<String>> = BTreeMap::new();
    for ((kind, action, resource), values) in values {
        let known = resources.entry((kind, values, action));
        known.or_default().insert(resource);
    }
    let mut actions: BTreeMap<(Kind, Values, BTreeSet<String>), BTreeSet<String>> = BTreeMap::new();
    for ((kind, values, action), resources) in resources {
        let known = actions.entry((kind, values, resources));
        known.or_default().insert(action);
    }
    let statements = actions
        .into_iter()
        .map(|((kind, values, resources), actions)| {
            let mut statement = Map::new();
            statement.insert("Effect".to_owned(), json!("Allow"));
            statement.insert("Action".to_owned(), json!(actions));
            statement.insert("Resource".to_owned(), json!(resources));
            if let Some(condition) = condition(kind, &values) {
                statement.insert("Condition".to_owned(), condition);
            }
            Value::Object(statement)
        });
    json!({ "Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>() })
}

fn condition(kind: Kind, values: &Values) -> Option<Value> {
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
        Kind::Own => has("aws:ResourceTag"),
        Kind::Creating => equals("ec2:CreateAction"),
        Kind::PassedTo => equals("iam:PassedToService"),
        Kind::OfService => equals("iam:AWSServiceName"),
        Kind::Through => equals("kms:ViaService"),
        Kind::GrantThrough => for_aws(equals("kms:ViaService")),
        Kind::OfAlias => any("kms:ResourceAliases"),
        Kind::GrantOfAlias => for_aws(any("kms:ResourceAliases")),
    })
}
