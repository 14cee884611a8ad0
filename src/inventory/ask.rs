//! Asks a machine.

use std::time::Duration;

use super::answer;
use super::question;
use super::{Inventory, Silence};
use crate::remote::{Exit, Output, Remote};

/// A machine answers within a tenth of a second, an old one with rpm within two.
pub(super) const LIMIT: Duration = Duration::from_secs(10);
/// Bytes of the answer. The packages of a large installation take a tenth of that.
const MOST: usize = 2 << 20;

/// Asks for all of it at once. Where it takes too long the connection is cut, and the next command makes it anew.
pub(crate) async fn ask(remote: &mut impl Remote) -> Result<Inventory, Silence> {
    let command = question::command();
    let mut answer = Vec::new();
    let mut keep = |output| {
        if let Output::Stdout(bytes) = output {
            let room = MOST.saturating_sub(answer.len());
            answer.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    };
    let asked = tokio::time::timeout(LIMIT, remote.run(&command, &mut keep)).await;
    match asked {
        Err(_) => Err(Silence::Late),
        Ok(Ok(Exit::Status(_))) => answer::read(&String::from_utf8_lossy(&answer)),
        Ok(Ok(Exit::Disconnected)) => Err(Silence::Lost),
        Ok(Err(error)) => {
            log::info!("the machine could not be asked for its packages: {error}");
            Err(Silence::Lost)
        }
    }
}
