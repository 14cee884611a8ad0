//! Signal handlers first, then the runtime, then the story, then the exit code.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use ami_build::run::{self, Outlet, Reader, Start};
use ami_build::secret::Redactor;
use ami_build::stop::StopHandle;
use ami_build::{Environment, SandboxRole};
use ami_build::{logging, signals};

/// How long the end of the process waits for threads that block.
const LINGER: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    // A sandbox's own processes are this program under other names.
    let mut words = std::env::args_os();
    if let Some(role) = words.next().as_ref().and_then(SandboxRole::of) {
        return role.play(words);
    }
    // A copy of this program in a sandbox's container is something else: as long as there is one thread, it can become a user.
    if let Some(code) = ami_build::play_in_container(std::env::args_os()) {
        return code;
    }
    // The local offset can only be asked for while there is one thread.
    let offset = time::UtcOffset::current_local_offset().unwrap_or(time::UtcOffset::UTC);
    let environment = Environment::of_this_process();
    let redactor = Redactor::default();
    logging::start(&environment, &redactor);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            log::error!("cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let reader = if environment.is_runner() {
        Reader::Runner
    } else if std::io::stdout().is_terminal() {
        Reader::Terminal
    } else {
        Reader::Plain
    };
    let mut words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    let program = words.next().unwrap_or_default();
    let start = Start {
        program,
        arguments: words.collect(),
        environment,
        offset,
        reader,
        redactor,
        outlet: Outlet::new(std::io::stdout()),
    };
    let code = runtime.block_on(async {
        let (handle, stop) = StopHandle::new();
        if let Err(error) = signals::listen(handle) {
            log::warn!("signals are not heard: {error}");
        }
        Box::pin(run::run(start, stop)).await
    });
    runtime.shutdown_timeout(LINGER);
    ExitCode::from(code)
}
