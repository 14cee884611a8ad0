//! `promote` and `command: promote`: the image that a pull request has tested becomes the release.

use time::OffsetDateTime;

use super::content::Promised;
use super::failed::FailedPromotion;
use super::{content, pull};
use crate::action::environment::Environment;
use crate::cli::promote_options::PromoteRequest;
use crate::cloud::Region;
use crate::cloud::api::{AccountCalls, Caller};
use crate::cloud::connection::{self, Connection};
use crate::cloud::ec2::Ec2;
use crate::cloud::ssm::Ssm;
use crate::images::Which;
use crate::ledger::{
    BuildIdentity, Journal, Ledger, PATIENCE, Settling, Which as WhichRows, deadline,
};
use crate::plan::amazon::settings::Access;
use crate::promote::{PromoteCx, PromoteError, Promoted, Wish, check_policy, promote as story};
use crate::report::console::Console;
use crate::report::ui::{Grouping, Ui};
use crate::run::renewal::Renewal;
use crate::run::{identity, journals, owner, secrets, site};
use crate::secret::Secret;
use crate::stop::{Stop, StopRequest};

/// What a promotion needs to know.
#[derive(Clone, Copy)]
pub(in crate::run) struct PromoteContext<'a> {
    /// Where it speaks.
    pub(in crate::run) console: &'a Console,
    /// The environment, for credentials, repository and event.
    pub(in crate::run) environment: &'a Environment,
    /// The stop signal.
    pub(in crate::run) stop: &'a Stop,
    /// Reads which pull request a commit came with.
    pub(in crate::run) token: Option<&'a Secret>,
    /// The run.
    pub(in crate::run) run_uuid: &'a str,
}

/// Promotes, and settles what must not stay.
pub(super) async fn promote(
    request: &PromoteRequest,
    cx: PromoteContext<'_>,
) -> Result<Promoted, FailedPromotion> {
    let (wish, connection, cloud, caller) =
        unless_stopped(cx.stop, Box::pin(prepared(request, cx))).await?;
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

/// Everything that has to be known before the first change; what the policy forbids ends here.
async fn prepared(
    request: &PromoteRequest,
    cx: PromoteContext<'_>,
) -> Result<(Wish, Connection, Ec2, Caller), FailedPromotion> {
    let options = &request.options;
    let repository_id = options.repository_id.clone();
    let repository_id = repository_id.or_else(|| owner::of_repository(cx.environment));
    let repository_id = repository_id.ok_or(FailedPromotion::NoRepository)?;
    let sought = sought(request, cx).await?;
    let home = options.region.clone().or_else(|| sought.region());
    let (connection, cloud, caller) = connect(home, cx).await?;
    let (which, head) = match sought {
        Sought::Which(which, head) => (which, head),
        Sought::Content(promised) => {
            let digest = promised.digest(&cloud, &connection.region, cx).await?;
            (Which::Digest(digest), None)
        }
    };
    let now = OffsetDateTime::now_utc();
    let wish = Wish {
        repository_id,
        which,
        head,
        only: options.only.clone(),
        regions: options.regions.clone(),
        release_name: options.release_name.clone(),
        tags: options.tags.clone(),
        keys: options.keys.clone(),
        share_with: options.share_with.clone(),
        protection: options.protection,
        deprecate_at: options.deprecate_at.map(|until| until.from(now)),
        parameters: options.parameters.clone(),
        launch_templates: options.launch_templates.clone(),
    };
    let policy = cx.environment.policy().map(AsRef::as_ref);
    check_policy(&wish, &connection.region, policy)?;
    Ok((wish, connection, cloud, caller))
}

/// What tells the image.
enum Sought {
    /// Tags of it, and the head that was tested.
    Which(Which, Option<String>),
    /// What it holds.
    Content(Box<Promised>),
}

impl Sought {
    /// Where it was built, as far as it tells that.
    fn region(&self) -> Option<Region> {
        match self {
            Self::Which(..) => None,
            Self::Content(promised) => promised.region().cloned(),
        }
    }
}

async fn sought(
    request: &PromoteRequest,
    cx: PromoteContext<'_>,
) -> Result<Sought, FailedPromotion> {
    if let Some(digest) = &request.options.digest {
        return Ok(Sought::Which(Which::Digest(digest.clone()), None));
    }
    if let Some(template) = &request.template {
        let promised = content::of_template(template, cx).await?;
        return Ok(Sought::Content(Box::new(promised)));
    }
    let (number, head) = pull::pull_request(&request.options, cx).await?;
    Ok(Sought::Which(Which::PullRequest(number), head))
}

async fn connect(
    region: Option<Region>,
    cx: PromoteContext<'_>,
) -> Result<(Connection, Ec2, Caller), FailedPromotion> {
    let access = Access {
        max_retries: 10,
        region,
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
