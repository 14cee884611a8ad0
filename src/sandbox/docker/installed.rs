//! What package managers list in a container.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::time::timeout;

use crate::sandbox::{DPKG_STATUS, PackageList, RPM_FORMAT};

use super::engine::Engine;
use super::engine_error::EngineError;
use super::engine_types::{Input, Kind, Printed};
use super::files;

/// For rpm, whose list takes longer than any other step.
const RPM_PATIENCE: Duration = Duration::from_secs(60);

/// The longest list of rpm that is read.
const RPM_MOST: usize = 16 << 20;

/// What dpkg and rpm list.
pub(super) async fn packages(engine: &Engine, container: &str) -> Result<PackageList, EngineError> {
    let status = files::text(engine, container, DPKG_STATUS).await?;
    let list = PackageList::of_dpkg(&status);
    if engine.kind(container, "/usr/bin/rpm").await? == Kind::Nothing {
        return Ok(list);
    }
    let words = ["rpm", "--query", "--all", "--queryformat", RPM_FORMAT];
    let mut command = engine.run(container, &words, Input::Empty).await?;
    let mut printed = Vec::new();
    let reading = async {
        while let Some(Ok(piece)) = command.attached.output.next().await {
            if let Printed::Stdout(bytes) = piece
                && printed.len() < RPM_MOST
            {
                printed.extend(bytes);
            }
        }
    };
    if timeout(RPM_PATIENCE, reading).await.is_err() {
        log::warn!("rpm did not list its packages within a minute");
    }
    Ok(list.and(PackageList::of_rpm(&String::from_utf8_lossy(&printed))))
}
