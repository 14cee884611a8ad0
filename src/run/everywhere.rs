//! A way to EC2 for what looks in every region: nobody has to name one of them first.

use super::secrets;
use crate::action::environment::Environment;
use crate::cloud::Region;
use crate::cloud::connection::{self, ConnectError, Connection};
use crate::plan::amazon::settings::Access;
use crate::report::console::Console;

/// A connection, by way of the partition's oldest region where nothing names one.
pub(super) async fn connect(
    environment: &Environment,
    console: &Console,
    max_retries: u32,
) -> Result<Connection, ConnectError> {
    let in_region = |region: Option<Region>| Access {
        max_retries,
        region,
        ..Access::default()
    };
    let access = in_region(None);
    match connection::connect(&access, environment, secrets::teller(console)).await {
        Err(ConnectError::RegionMissing) => {
            let role = environment.sign_in().role.as_ref();
            let region = oldest(role.map_or("", |role| role.arn.as_str()));
            let access = in_region(Some(Region::new(region)));
            connection::connect(&access, environment, secrets::teller(console)).await
        }
        answer => answer,
    }
}

/// The region that every account of the role's partition has.
fn oldest(role: &str) -> &'static str {
    match role.split(':').nth(1) {
        Some("aws-cn") => "cn-north-1",
        Some("aws-us-gov") => "us-gov-west-1",
        _ => "us-east-1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roles_partition_tells_where_to_begin() {
        assert_eq!(oldest("arn:aws-cn:iam::1:role/images"), "cn-north-1");
        assert_eq!(oldest("arn:aws-us-gov:iam::1:role/images"), "us-gov-west-1");
        assert_eq!(oldest("arn:aws:iam::1:role/images"), "us-east-1");
        assert_eq!(oldest(""), "us-east-1");
    }
}
