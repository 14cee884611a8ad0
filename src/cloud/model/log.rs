//! What a build asked of the model, in order.

use crate::cloud::Region;

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoggedCall {
    /// Its name as the service spells it.
    pub(crate) name: &'static str,
    /// Where it went. Of IAM, which has no regions, where the build takes place.
    pub(crate) region: Region,
}

/// How often a call was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallCount {
    /// Such as `ec2:RunInstances`.
    pub(crate) action: String,
    /// Where.
    pub(crate) region: Region,
    /// How often.
    pub(crate) count: usize,
}

/// All calls of one handle.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) calls: Vec<LoggedCall>,
    /// What this build takes as given and nobody can know.
    pub(super) unchecked: Vec<String>,
}

impl LoggedCall {
    /// The action as a policy names it, such as `ec2:RunInstances`.
    pub(crate) fn action(&self) -> String {
        format!("{}:{}", service(self.name), self.name)
    }
}

impl Log {
    /// Writes the call down and gives its number, from 1 on.
    pub(super) fn count(&mut self, name: &'static str, region: &Region) -> usize {
        self.calls.push(LoggedCall {
            name,
            region: region.clone(),
        });
        self.calls.len()
    }
}

/// The calls as a table, in the order of their first time.
pub(crate) fn counted(calls: &[LoggedCall]) -> Vec<CallCount> {
    let mut table: Vec<CallCount> = Vec::new();
    for call in calls {
        let action = call.action();
        let known = table
            .iter_mut()
            .find(|line| line.action == action && line.region == call.region);
        match known {
            Some(line) => line.count += 1,
            None => table.push(CallCount {
                action,
                region: call.region.clone(),
                count: 1,
            }),
        }
    }
    table
}

/// Whose call it is.
fn service(call: &str) -> &'static str {
    let of_iam = [
        "Role",
        "InstanceProfile",
        "Roles",
        "InstanceProfiles",
        "RolePolicy",
    ];
    match call {
        "GetCallerIdentity" | "DecodeAuthorizationMessage" => "sts",
        _ if of_iam.iter().any(|thing| call.ends_with(thing)) => "iam",
        _ => "ec2",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_one_name_and_region_stand_in_one_line() {
        let call = |name, region| LoggedCall {
            name,
            region: Region::new(region),
        };
        let calls = [
            call("DescribeImages", "eu-west-1"),
            call("RunInstances", "eu-west-1"),
            call("DescribeImages", "us-east-1"),
            call("DescribeImages", "eu-west-1"),
        ];
        let lines: Vec<String> = counted(&calls)
            .iter()
            .map(|line| format!("{} {} {}", line.action, line.region, line.count))
            .collect();
        assert_eq!(
            lines,
            [
                "ec2:DescribeImages eu-west-1 2",
                "ec2:RunInstances eu-west-1 1",
                "ec2:DescribeImages us-east-1 1"
            ]
        );
    }

    #[test]
    fn an_action_begins_with_its_service() {
        let action = |name| {
            let region = Region::new("eu-west-1");
            LoggedCall { name, region }.action()
        };
        assert_eq!(action("RunInstances"), "ec2:RunInstances");
        assert_eq!(
            action("AddRoleToInstanceProfile"),
            "iam:AddRoleToInstanceProfile"
        );
        assert_eq!(action("PutRolePolicy"), "iam:PutRolePolicy");
        assert_eq!(action("GetCallerIdentity"), "sts:GetCallerIdentity");
    }
}
