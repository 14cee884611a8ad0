//! `promote` and `command: promote`: the image that a pull request has tested becomes the release.

use std::time::Duration;

use time::OffsetDateTime;

use super::renewal::Renewal;
use super::{identity, journals, owner, secrets, site};
use crate::action::environment::Environment;
use crate::action::event;
use crate::cloud::api::{AccountCalls, Caller};
use crate::cloud::connection::{self, Connection};
use crate::cloud::ec2::Ec2;
use crate::cloud::ssm::Ssm;
use crate::cloud::{CloudError, Region};
use crate::error::with_hint;
use crate::images::Which;
use crate::ledger::{
    BuildIdentity, Journal, JournalError, Ledger, PATIENCE, Settling, Which as WhichRows, deadline,
};
use crate::plan::amazon::settings::Access;
use crate::promote::{PromoteCx, PromoteError, PromoteOptions, Promoted, Wish, promote as story};
use crate::report::comment::GitHubError;
use crate::report::conclusion::Conclusion;
use crate::report::console::Console;
use crate::report::merged;
use crate::report::ui::{Grouping, Ui};
use crate::secret::Secret;
use crate::stop::{Stop, StopRequest};

/// GitHub gets this long to tell which pull request a commit came with.
const LONGEST_LOOK: Duration = Duration::from_secs(60);

/// What a promotion needs to know.
#[derive(Clone, Copy)]
pub(super) struct PromoteContext<'a> {
    /// Where it speaks.
    pub(super) console: &'a Console,
    /// The environment, for credentials, repository and event.
    pub(super) environment: &'a Environment,
    /// The stop signal.
    pub(super) stop: &'a Stop,
    /// Reads which pull request a commit came with.
    pub(super) token: Option<&'a Secret>,
    /// Says in the comments of the pull requests what became of their image, where that is wanted.
    pub(super) comments: Option<&'a Secret>,
    /// The run.
    pub(super) run_uuid: &'a str,
}

/// Why nothing was promoted, or not to the end.
#[derive(Debug, thiserror::Error)]
pub(super) enum FailedPromotion {
    /// Nobody tells which image.
    #[error(
        "there is nothing that tells which image to promote: this run belongs to no merged pull request"
    )]
    NoPullRequest,
    /// Nobody tells whose image.
    #[error(
        "there is nothing that tells whose image to promote: the environment has no `GITHUB_REPOSITORY_ID`"
    )]
    NoRepository,
    /// GitHub does not say.
    #[error("cannot ask GitHub which pull request the commit came with")]
    GitHub(#[source] GitHubError),
    /// It takes its time.
    #[error("GitHub did not say in time which pull request the commit came with")]
    Silence,
    /// No region, no profile.
    #[error("there is no way to EC2")]
    Connect(#[source] connection::ConnectError),
    /// No credentials, or AWS does not take them.
    #[error("cannot find out whose credentials these are")]
    Caller(#[source] CloudError),
    /// The journal.
    #[error("the journal cannot be written")]
    Journal(#[source] JournalError),
    /// On the way.
    #[error(transparent)]
    Promote(#[from] PromoteError),
    /// Something that was made could not be removed.
    #[error("something that was made is still there")]
    Leftover,
}

impl FailedPromotion {
    /// For the console and for annotations.
    pub(super) fn shown(&self) -> String {
        let hint = match self {
            Self::NoPullRequest => Some("set `pr-number` or `digest`".to_owned()),
            Self::NoRepository => {
                Some("set `-repository-id`, such as github.com/1296269".to_owned())
            }
            Self::Caller(error) => error.hint(),
            Self::Connect(error) => error.hint(),
            Self::Promote(error) => error.hint(),
            _ => None,
        };
        with_hint(self, hint.as_deref())
    }

    /// In one word.
    pub(super) fn conclusion(&self) -> Conclusion {
        match self {
            Self::NoPullRequest | Self::NoRepository => Conclusion::Invalid,
            Self::Connect(_) | Self::Caller(_) => Conclusion::Credentials,
            Self::GitHub(_) | Self::Silence | Self::Journal(_) => Conclusion::Failure,
            Self::Promote(error) => error.conclusion(),
            Self::Leftover => Conclusion::Leftover,
        }
    }
}

/// Promotes, and settles what must not stay.
pub(super) async fn promote(
    options: &PromoteOptions,
    cx: PromoteContext<'_>,
) -> Result<Promoted, FailedPromotion> {
    let wish = unless_stopped(cx.stop, wish(options, cx)).await?;
    let (connection, cloud, caller) = unless_stopped(cx.stop, connect(options, cx)).await?;
    let region = &connection.region;
    let ledger = open_ledger(&connection, &caller, &wish, cx)?;
    let ui = Ui::new(cx.console.clone(), "promote", 0, Grouping::BySteps);
    let parameters = Ssm::new(&connection);
    let promoting = PromoteCx {
        cloud: &cloud,
        parameters: &parameters,
        region,
        ledger: &ledger,
        stop: cx.stop,
        ui: &ui,
    };
    let renewal = Renewal::new(&ledger, &cloud, &ui);
    let promoted = renewal.during(Box::pin(story(&promoting, &wish))).await;
    ui.end_step();
    let narrate = |row: &_| ui.say(&crate::build::removal_line(row));
    let settling = Settling {
        which: WhichRows::Unfinished,
        patience: PATIENCE,
        stop: cx.stop,
        narrate: &narrate,
    };
    let settled = ledger.settle(&cloud, &settling).await;
    site::tell_what_stays(&settled, &ui);
    let promoted = promoted?;
    if settled.has_leftovers() {
        return Err(FailedPromotion::Leftover);
    }
    Ok(promoted)
}

async fn wish(options: &PromoteOptions, cx: PromoteContext<'_>) -> Result<Wish, FailedPromotion> {
    let of_runner = owner::of_repository(cx.environment);
    let repository_id = options.repository_id.clone().or(of_runner);
    let (which, head) = match &options.digest {
        Some(digest) => (Which::Digest(digest.clone()), None),
        None => {
            let (number, head) = pull_request(options, cx).await?;
            (Which::PullRequest(number), head)
        }
    };
    let now = OffsetDateTime::now_utc();
    Ok(Wish {
        repository_id: repository_id.ok_or(FailedPromotion::NoRepository)?,
        which,
        head,
        only: options.only.clone(),
        regions: options.regions.clone(),
        release_name: options.release_name.clone(),
        tags: options.tags.clone(),
        share_with: options.share_with.clone(),
        protection: options.protection,
        deprecate_at: options.deprecate_at.map(|until| until.from(now)),
        parameters: options.parameters.clone(),
        launch_templates: options.launch_templates.clone(),
    })
}

/// The merged pull request with its head: of the event, else of the commit that is checked out.
async fn pull_request(
    options: &PromoteOptions,
    cx: PromoteContext<'_>,
) -> Result<(u64, Option<String>), FailedPromotion> {
    let fits = |number: u64| options.pull_request.is_none_or(|wanted| wanted == number);
    if let Some((number, head)) = event::merged(cx.environment)
        && fits(number)
    {
        return Ok((number, Some(head)));
    }
    let of_commit = match cx.token {
        Some(token) => tokio::time::timeout(LONGEST_LOOK, merged::of_commit(cx.environment, token))
            .await
            .map_err(|_| FailedPromotion::Silence)
            .and_then(|answer| answer.map_err(FailedPromotion::GitHub)),
        None => Ok(Vec::new()),
    };
    let of_commit = match (of_commit, options.pull_request) {
        // The number is known; without the head the newest image of the pull request is taken.
        (Err(error), Some(_)) => {
            cx.console.say(&format!("Warning: {}", error.shown()));
            Vec::new()
        }
        (of_commit, _) => of_commit?,
    };
    let found = of_commit.into_iter().find(|pull| fits(pull.number));
    match (found, options.pull_request) {
        (Some(pull), _) => Ok((pull.number, Some(pull.head))),
        (None, Some(number)) => {
            cx.console.say(&format!(
                "The commit of this run does not tell the head of pull request {number}: its newest image is taken."
            ));
            Ok((number, None))
        }
        (None, None) => Err(FailedPromotion::NoPullRequest),
    }
}

async fn connect(
    options: &PromoteOptions,
    cx: PromoteContext<'_>,
) -> Result<(Connection, Ec2, Caller), FailedPromotion> {
    let access = Access {
        max_retries: 10,
        region: options.region.clone(),
        ..Access::default()
    };
    let connection = connection::connect(&access, cx.environment, secrets::teller(cx.console))
        .await
        .map_err(FailedPromotion::Connect)?;
    let cloud = Ec2::new(&connection);
    let caller = cloud
        .caller(&connection.region)
        .await
        .map_err(FailedPromotion::Caller)?;
    Ok((connection, cloud, caller))
}

fn open_ledger(
    connection: &Connection,
    caller: &Caller,
    wish: &Wish,
    cx: PromoteContext<'_>,
) -> Result<Ledger, FailedPromotion> {
    let mut regions: Vec<Region> = vec![connection.region.clone()];
    regions.extend(wish.regions.iter().cloned());
    let identity = BuildIdentity {
        account: Some(caller.account.clone()),
        caller: Some(caller.arn.clone()),
        owner: Some(owner::of_build(cx.environment, Some(caller))),
        run: identity::run(cx.environment),
        regions,
        endpoint: connection.ec2_endpoint.clone(),
        deadline: deadline::text(OffsetDateTime::now_utc() + deadline::FIRST),
        ..BuildIdentity::of_found(&identity::build_id(cx.run_uuid, "promote"))
    };
    let directory = journals::directory(cx.environment);
    let journal = Journal::create(&directory, &identity).map_err(FailedPromotion::Journal)?;
    Ok(Ledger::open(journal, identity))
}

async fn unless_stopped<T>(
    stop: &Stop,
    work: impl Future<Output = Result<T, FailedPromotion>>,
) -> Result<T, FailedPromotion> {
    let stopped = |request: StopRequest| FailedPromotion::Promote(PromoteError::Stopped(request));
    tokio::select! {
        biased;
        request = stop.wait() => Err(stopped(request)),
        done = work => done,
    }
}
