//! The `null` builder at work: provisioners on a machine that exists, or on none.

use super::builder_end::{BuilderEnd, BuilderResult};
use super::context::RunContext;
use super::debugging;
use super::provisioning::{Aftermath, Provisioning};
use crate::build::GeneratedData;
use crate::cli::options::OnError;
use crate::error::with_hint;
use crate::plan::PlannedBuild;
use crate::plan::communicator::{Communicator, Login, SshSettings};
use crate::plan::null::NullSettings;
use crate::post::Artifact;
use crate::provision::{ChildEnding, Machine, ProvisionError};
use crate::remote::{Attempt, ConnectError, Dial, Remote, ResolvedLogin, Target};
use crate::report::conclusion::Conclusion;
use crate::report::human;
use crate::report::result::Product;
use crate::report::ui::{Progress, Ui};

/// Packer's names of this builder's two steps.
const CONNECT: &str = "StepConnect";
const PROVISION: &str = "StepProvision";

/// Runs the builder.
pub(super) async fn run<D: Dial>(
    settings: &NullSettings,
    build: &PlannedBuild,
    (cx, dial): (&RunContext, &D),
    ui: &Ui,
) -> BuilderEnd {
    // Post-processors learn nothing of the connection.
    let data = GeneratedData::from([("ID".to_owned(), "Null".to_owned())]);
    let ending = if cx.on_runner() {
        ChildEnding::KillDescendants
    } else {
        ChildEnding::AwaitDescendants
    };
    let mut provisioning = Provisioning::new(build, cx, ui, ending);
    let result = match &settings.communicator {
        Communicator::None | Communicator::WinRm => {
            debugging::after_step(cx, ui, CONNECT).await;
            let mut machine: Machine<'_, D::Remote> = Machine::None;
            let provisioned = provisioning.run(&mut machine, &data).await;
            ended(provisioned, cx)
        }
        Communicator::Ssh(ssh) => match connect(ssh, (cx, dial), ui).await {
            Ok(mut remote) => {
                debugging::after_step(cx, ui, CONNECT).await;
                let mut known = data.clone();
                known.extend(connection_data(ssh));
                let provisioned = provisioning
                    .run(&mut Machine::Reached(&mut remote), &known)
                    .await;
                remote.hang_up().await;
                ended(provisioned, cx)
            }
            Err(ConnectError::Stopped) => BuilderResult::Cancelled,
            Err(error) => BuilderResult::Failed {
                error: with_hint(&error, error.hint()),
                conclusion: Conclusion::Connect,
            },
        },
    };
    if matches!(result, BuilderResult::Made { .. }) {
        debugging::after_step(cx, ui, PROVISION).await;
        debugging::before_cleanup(cx, ui, PROVISION).await;
    }
    debugging::before_cleanup(cx, ui, CONNECT).await;
    say_what_stays(&result, provisioning.aftermath, cx, ui);
    BuilderEnd {
        result,
        data,
        settled: None,
    }
}

async fn connect<D: Dial>(
    ssh: &SshSettings,
    (cx, dial): (&RunContext, &D),
    ui: &Ui,
) -> Result<D::Remote, ConnectError> {
    ui.step("Connect");
    let host = ssh.host.clone().unwrap_or_default();
    ui.say(&format!("Using ssh communicator to connect: {host}"));
    ui.say("Waiting for SSH to become available...");
    let login = ResolvedLogin::resolve(&ssh.login, None)
        .expect("the plan of a null builder has a login of its own");
    let mut tell = |attempt: Attempt| {
        let awaited = if attempt.last_failure.is_empty() {
            "SSH".to_owned()
        } else {
            format!("SSH ({})", attempt.last_failure)
        };
        ui.progress(&Progress {
            awaited: &awaited,
            elapsed: attempt.elapsed,
            percent: None,
        });
    };
    let remote = dial
        .dial(&Target::new(host, ssh), &login, &cx.stop, &mut tell)
        .await?;
    ui.say("Connected to SSH!");
    ui.end_step();
    Ok(remote)
}

fn ended(provisioned: Result<(), ProvisionError>, cx: &RunContext) -> BuilderResult {
    match provisioned {
        _ if cx.stop.requested().is_some() => BuilderResult::Cancelled,
        Ok(()) => BuilderResult::Made {
            artifact: Artifact::null(),
            product: Product::Nothing,
        },
        Err(error) => BuilderResult::Failed {
            error: error.shown(),
            conclusion: Conclusion::Provision,
        },
    }
}

fn connection_data(ssh: &SshSettings) -> GeneratedData {
    let host = ssh.host.clone().unwrap_or_default();
    let values = [
        ("Host", host),
        ("Port", ssh.port.to_string()),
        ("User", ssh.username.clone()),
        ("ConnType", "ssh".to_owned()),
        ("Password", password(&ssh.login)),
        // Packer makes no keys for this builder, and shows none that it was given.
        ("SSHPublicKey", String::new()),
        ("SSHPrivateKey", String::new()),
        ("SSHPrivateKeyFile", key_file(&ssh.login)),
        (
            "SSHAgentAuth",
            matches!(ssh.login, Login::Agent { .. }).to_string(),
        ),
    ];
    values
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn key_file(login: &Login) -> String {
    match login {
        Login::Key { path, .. } => path.clone(),
        _ => String::new(),
    }
}

fn password(login: &Login) -> String {
    let password = match login {
        Login::Password { password, .. } => Some(password),
        Login::Key { password, .. }
        | Login::Agent { password, .. }
        | Login::TemporaryKey { password, .. } => password.as_ref(),
    };
    password.map_or_else(String::new, |password| password.expose().to_owned())
}

/// Packer's lines about steps that it does not clean up.
fn say_what_stays(result: &BuilderResult, aftermath: Aftermath, cx: &RunContext, ui: &Ui) {
    let aborts = matches!(
        cx.options.on_error,
        OnError::Abort | OnError::RunCleanupProvisioner
    );
    match result {
        BuilderResult::Cancelled if aborts => ui.error("Interrupted, aborting..."),
        // Packer has named this step already where the cleanup provisioner ran.
        BuilderResult::Failed { .. }
            if aftermath == Aftermath::Keep
                && cx.options.on_error != OnError::RunCleanupProvisioner => {}
        _ => return,
    }
    ui.error("aborted: skipping cleanup of step \"StepConnect\"");
    log::debug!("the build took {}", human::duration(ui.elapsed()));
}
