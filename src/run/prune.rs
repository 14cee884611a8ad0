//! `prune` and `command: prune`: images that nobody needs any more go.

use time::OffsetDateTime;

use super::comment_turns::Turns;
use super::{everywhere, owner, prune_report, prune_turns, secrets};
use crate::action::closing::{Closing, closing};
use crate::action::environment::{Environment, GITHUB_EVENT_NAME};
use crate::cli::sweep_options::{Earnest, Printed, SweptRegions};
use crate::cloud::api::AccountCalls;
use crate::cloud::connection::{self, Connection};
use crate::cloud::ec2::Ec2;
use crate::cloud::ssm::Ssm;
use crate::cloud::{CloudError, Region};
use crate::error::with_hint;
use crate::plan::amazon::settings::Access;
use crate::prune::{Aim, Ending, PruneCx, PruneOptions, Retention, carry_out, plan};
use crate::report::conclusion::Conclusion;
use crate::report::console::Console;
use crate::report::pruned::PruneReport;
use crate::secret::Secret;
use crate::stop::Stop;

/// Of each call within the SDK. Calls are repeated by us, who look again before a removal; the SDK does not.
const ATTEMPTS: u32 = 3;

/// What a run needs to know.
#[derive(Clone, Copy)]
pub(super) struct PruneContext<'a> {
    /// Where it speaks.
    pub(super) console: &'a Console,
    /// The environment, for credentials, repository and event.
    pub(super) environment: &'a Environment,
    /// The stop signal.
    pub(super) stop: &'a Stop,
    /// Says in the comments of the pull requests what became of their images, where that is wanted.
    pub(super) comments: Option<&'a Secret>,
}

impl<'a> PruneContext<'a> {
    /// Of these, without comments.
    pub(super) fn new(console: &'a Console, environment: &'a Environment, stop: &'a Stop) -> Self {
        Self {
            console,
            environment,
            stop,
            comments: None,
        }
    }

    /// The same, with comments by this token where they are wanted.
    pub(super) fn telling(self, comments: Option<&'a Secret>) -> Self {
        Self { comments, ..self }
    }
}

/// Why nothing was even looked for.
#[derive(Debug, thiserror::Error)]
pub(super) enum PruneError {
    /// Nobody tells whose images.
    #[error(
        "there is nothing that tells whose images to prune: the environment has no `GITHUB_REPOSITORY_ID`"
    )]
    NoRepository,
    /// A pull request that is open needs its previews.
    #[error("pull request {0} is open, and its previews are in use")]
    Open(u64),
    /// Two things at once.
    #[error("a pull request is closed, or rules say what goes: not both in one run")]
    Both,
    /// No region, no profile.
    #[error("there is no way to EC2")]
    Connect(#[source] connection::ConnectError),
    /// No credentials, or AWS does not take them.
    #[error("cannot find out whose credentials these are")]
    Caller(#[source] CloudError),
    /// Every region, where they cannot be listed.
    #[error("cannot list the regions of the account")]
    Regions(#[source] CloudError),
    /// Before anything was decided.
    #[error("stopped before anything was removed")]
    Stopped,
}

impl PruneError {
    /// In one word.
    pub(super) fn conclusion(&self) -> Conclusion {
        match self {
            Self::NoRepository | Self::Open(_) | Self::Both => Conclusion::Invalid,
            Self::Connect(_) | Self::Caller(_) => Conclusion::Credentials,
            Self::Regions(_) => Conclusion::Permission,
            Self::Stopped => Conclusion::Cancelled,
        }
    }

    /// For the console and for annotations.
    pub(super) fn shown(&self) -> String {
        let hint = match self {
            Self::NoRepository => {
                Some("set `-repository-id`, such as github.com/1296269".to_owned())
            }
            Self::Open(_) => Some(
                "run it on `pull_request` with `types: [closed]`, or set `expired`, `older-than` or `keep-last`"
                    .to_owned(),
            ),
            Self::Both => Some("leave out `pr-number` or the rules".to_owned()),
            Self::Caller(error) => error.hint(),
            Self::Regions(_) => Some("name them with `regions`".to_owned()),
            Self::Connect(error) => error.hint(),
            Self::Stopped => None,
        };
        with_hint(self, hint.as_deref())
    }
}

/// Prunes, and says on the console what it does, unless JSON alone is wanted. With the report comes what is to be told in comments.
pub(super) async fn prune(
    options: &PruneOptions,
    cx: PruneContext<'_>,
) -> Result<(PruneReport, Turns), PruneError> {
    let aim = aim(options, closing(cx.environment))?;
    let of_runner = || owner::of_repository(cx.environment);
    let repository = options.repository_id.clone().or_else(of_runner);
    let repository = repository.ok_or(PruneError::NoRepository)?;
    let (cloud, connection, regions) =
        Box::pin(unless_stopped(cx.stop, connect(options, cx))).await?;
    let say = |text: &str| {
        if options.printed == Printed::Table {
            cx.console.say(text);
        }
    };
    let parameters = Ssm::new(&connection);
    let pruning = PruneCx {
        cloud: &cloud,
        parameters: &parameters,
        regions: &regions,
        repository_id: &repository,
        aim: &aim,
        limit: options.limit,
        stop: cx.stop,
        narrate: &say,
    };
    let mut report = prune_report::begun(&pruning);
    say(&format!(
        "Looking for the images of {repository}: {}...",
        report.aim
    ));
    let deciding = Box::pin(async { Ok(plan(&pruning, OffsetDateTime::now_utc()).await) });
    let plan = unless_stopped(cx.stop, deciding).await?;
    prune_report::looked(&mut report, &plan, (options, regions.len()));
    let mut turns = Turns::new();
    match earnest(options, cx.environment) {
        Earnest::PlanOnly => prune_report::planned(&mut report, plan),
        Earnest::Remove => {
            let done = Box::pin(carry_out(&pruning, plan)).await;
            turns = prune_turns::turns(&aim, &done);
            prune_report::done(&mut report, done);
        }
    }
    prune_report::conclude(&mut report, cx.stop);
    Ok((report, turns))
}

/// What is to go: rules that were given, else what the event says, else what is over.
fn aim(options: &PruneOptions, closing: Option<Closing>) -> Result<Aim, PruneError> {
    let is_meant = |number: u64| options.pull_request.is_none_or(|wanted| wanted == number);
    match (&options.retention, options.pull_request, closing) {
        (Some(_), Some(_), _) => Err(PruneError::Both),
        (Some(retention), None, _) => Ok(Aim::Retention(retention.clone())),
        (
            None,
            _,
            Some(Closing::Closed {
                number,
                merged_head,
            }),
        ) if is_meant(number) => Ok(Aim::PullRequest {
            number,
            ending: merged_head.map_or(Ending::Discarded, Ending::Merged),
        }),
        (None, _, Some(Closing::Open(number))) if is_meant(number) => Err(PruneError::Open(number)),
        (None, Some(number), _) => Ok(Aim::PullRequest {
            number,
            ending: options
                .merged_head
                .clone()
                .map_or(Ending::Unknown, Ending::Merged),
        }),
        (None, None, _) => Ok(Aim::Retention(Retention::default())),
    }
}

/// A schedule runs while nobody looks, so it has to be told that it may.
fn earnest(options: &PruneOptions, environment: &Environment) -> Earnest {
    let is_scheduled = environment.get(GITHUB_EVENT_NAME) == Some("schedule");
    options.earnest.unwrap_or(match is_scheduled {
        true => Earnest::PlanOnly,
        false => Earnest::Remove,
    })
}

async fn connect(
    options: &PruneOptions,
    cx: PruneContext<'_>,
) -> Result<(Ec2, Connection, Vec<Region>), PruneError> {
    let connection = match &options.regions {
        SweptRegions::Named(regions) => {
            let access = Access {
                max_retries: ATTEMPTS,
                region: regions.first().cloned(),
                ..Access::default()
            };
            connection::connect(&access, cx.environment, secrets::teller(cx.console)).await
        }
        SweptRegions::Connection | SweptRegions::Enabled => {
            everywhere::connect(cx.environment, cx.console, ATTEMPTS).await
        }
    };
    let connection = connection.map_err(PruneError::Connect)?;
    let cloud = Ec2::new(&connection);
    cloud
        .caller(&connection.region)
        .await
        .map_err(PruneError::Caller)?;
    let regions = match &options.regions {
        SweptRegions::Connection => vec![connection.region.clone()],
        SweptRegions::Named(regions) => regions.clone(),
        SweptRegions::Enabled => cloud
            .regions(&connection.region)
            .await
            .map_err(PruneError::Regions)?,
    };
    Ok((cloud, connection, regions))
}

async fn unless_stopped<T>(
    stop: &Stop,
    work: impl Future<Output = Result<T, PruneError>>,
) -> Result<T, PruneError> {
    tokio::select! {
        biased;
        _ = stop.wait() => Err(PruneError::Stopped),
        done = work => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prune::Words;

    fn options() -> PruneOptions {
        PruneOptions::read(Words::default()).unwrap()
    }

    fn closed(merged_head: Option<&str>) -> Option<Closing> {
        Some(Closing::Closed {
            number: 7,
            merged_head: merged_head.map(str::to_owned),
        })
    }

    #[test]
    fn a_pull_request_that_was_closed_takes_its_previews_with_it() {
        let of = |closing, ending| {
            let aim = aim(&options(), closing).unwrap();
            assert_eq!(aim, Aim::PullRequest { number: 7, ending });
        };
        of(closed(None), Ending::Discarded);
        of(closed(Some("abc")), Ending::Merged("abc".to_owned()));
        let named = PruneOptions {
            pull_request: Some(7),
            ..options()
        };
        let unknown = aim(&named, None).unwrap();
        let ending = Ending::Unknown;
        assert_eq!(unknown, Aim::PullRequest { number: 7, ending });
    }

    #[test]
    fn an_open_pull_request_keeps_its_previews() {
        let refused = aim(&options(), Some(Closing::Open(7)));
        assert!(matches!(refused, Err(PruneError::Open(7))));
    }

    #[test]
    fn rules_win_over_the_event_and_do_not_go_with_a_number() {
        let ruled = PruneOptions {
            retention: Some(Retention::default()),
            ..options()
        };
        let by_rules = Aim::Retention(Retention::default());
        assert_eq!(aim(&ruled, closed(None)).unwrap(), by_rules);
        assert_eq!(aim(&options(), None).unwrap(), by_rules);
        let both = PruneOptions {
            pull_request: Some(7),
            ..ruled
        };
        assert!(matches!(aim(&both, None), Err(PruneError::Both)));
    }

    #[test]
    fn on_a_schedule_nothing_goes_unless_that_is_said() {
        let on = |event| Environment::of([("GITHUB_EVENT_NAME", event)]);
        assert_eq!(earnest(&options(), &on("schedule")), Earnest::PlanOnly);
        assert_eq!(earnest(&options(), &on("pull_request")), Earnest::Remove);
        let meant = PruneOptions {
            earnest: Some(Earnest::Remove),
            ..options()
        };
        assert_eq!(earnest(&meant, &on("schedule")), Earnest::Remove);
    }
}
