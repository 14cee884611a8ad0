//! The names of things in a policy. The account is left open: a role can do nothing in another one in any case.

use crate::cloud::Region;
use crate::cloud::model::partition;

/// EC2's things of one kind, or the one of an id.
pub(super) fn of_ec2(region: &Region, kind: &str, id: Option<&str>) -> String {
    let (partition, id) = (partition(region), id.unwrap_or("*"));
    // Images and snapshots have no account in their names.
    let account = match kind {
        "image" | "snapshot" => "",
        _ => "*",
    };
    format!("arn:{partition}:ec2:{region}:{account}:{kind}/{id}")
}

/// A thing of IAM.
pub(super) fn of_iam(region: &Region, path: &str) -> String {
    format!("arn:{}:iam::*:{path}", partition(region))
}

/// A service as a role's trust or a condition names it.
pub(super) fn service(region: &Region, name: &str) -> String {
    let domain = match region.is_china() {
        true => "amazonaws.com.cn",
        false => "amazonaws.com",
    };
    format!("{name}.{domain}")
}
