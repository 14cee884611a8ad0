//! Credentials that Vault made a moment ago: AWS does not know them everywhere yet, so that calls are refused for some seconds.

use std::time::Duration;

use crate::cloud::error::Refusal;
use crate::cloud::{Cloud, Region};
use crate::plan::amazon::settings::EbsSettings;
use crate::report::ui::Ui;

/// As many as Packer makes; IAM's own documentation speaks of "a few seconds"
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventually-consistent>).
const ATTEMPTS: u32 = 11;
/// Doubled after each attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Waits until AWS takes the credentials, where Vault made them for this run. What it says after that is for the calls that
/// matter to tell.
pub(crate) async fn await_issued<C: Cloud>(
    cloud: &C,
    settings: &EbsSettings,
    region: &Region,
    ui: &Ui,
) {
    if !settings.access.issued_by_vault {
        return;
    }
    ui.say(
        "You're using Vault-generated AWS credentials. It may take a few moments for them to become available on AWS. Waiting...",
    );
    let mut pause = FIRST_PAUSE;
    for _ in 0..ATTEMPTS {
        match cloud.regions(region).await {
            Err(error) if error.is(Refusal::Credentials) => tokio::time::sleep(pause).await,
            _ => return,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::tests::fixture::settings;
    use crate::cloud::model::{Fault, ModelCloud, Pace};
    use crate::report::console::tests::console;
    use crate::report::console::{Form, Reader};
    use crate::report::ui::Grouping;

    const HOME: &str = "eu-west-1";

    async fn calls(issued_by_vault: bool, cloud: &ModelCloud) -> usize {
        let mut settings = settings();
        settings.access.issued_by_vault = issued_by_vault;
        let (console, _) = console(Form::Human, Reader::Plain);
        let ui = Ui::new(console, "amazon-ebs", 0, Grouping::BySteps);
        await_issued(cloud, &settings, &Region::new(HOME), &ui).await;
        cloud.calls().len()
    }

    #[tokio::test(start_paused = true)]
    async fn credentials_that_are_not_known_yet_are_tried_again() {
        let cloud = ModelCloud::new(Pace::default());
        cloud.fail_at(1, Fault::Refused("AuthFailure"));
        cloud.fail_at(2, Fault::Refused("InvalidClientTokenId"));
        assert_eq!(calls(true, &cloud).await, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends_and_another_refusal_ends_it_at_once() {
        let cloud = ModelCloud::new(Pace::default());
        cloud.fail_always("DescribeRegions", Fault::Refused("AuthFailure"));
        assert_eq!(calls(true, &cloud).await, 11);
        let cloud = ModelCloud::new(Pace::default());
        cloud.fail_always("DescribeRegions", Fault::Refused("UnauthorizedOperation"));
        assert_eq!(calls(true, &cloud).await, 1);
    }

    #[tokio::test]
    async fn other_credentials_are_not_waited_for() {
        assert_eq!(calls(false, &ModelCloud::new(Pace::default())).await, 0);
    }
}
