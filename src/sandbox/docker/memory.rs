//! Whether the kernel killed something in a container for want of memory: engines tell only once the container is over.

use std::time::Duration;

use futures_util::StreamExt as _;

use super::engine::Engine;
use super::engine_error::EngineError;
use super::engine_types::{Input, Printed};

/// For the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Of a container's own group, in the kernel's second version and its first one.
const COUNTERS: [&str; 2] = [
    "/sys/fs/cgroup/memory.events",
    "/sys/fs/cgroup/memory/memory.oom_control",
];

/// How many processes were killed for it since the container was made.
pub(super) async fn kills(engine: &Engine, container: &str) -> Result<u64, EngineError> {
    let words = [&["cat"][..], &COUNTERS].concat();
    let mut command = engine.run(container, &words, Input::Empty).await?;
    let mut text = Vec::new();
    let reading = async {
        while let Some(Ok(piece)) = command.attached.output.next().await {
            if let Printed::Stdout(bytes) = piece
                && text.len() < 4096
            {
                text.extend(bytes);
            }
        }
    };
    let read = tokio::time::timeout(PATIENCE, reading).await;
    read.map_err(|_| EngineError::Silent(PATIENCE.as_secs()))?;
    Ok(count(&String::from_utf8_lossy(&text)))
}

fn count(text: &str) -> u64 {
    let mut lines = text.lines();
    let found = lines.find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok());
    found.unwrap_or_default()
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn both_versions_of_the_kernels_groups_are_read() {
        assert_eq!(count("low 0\nmax 12\noom 3\noom_kill 2\n"), 2);
        assert_eq!(count("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n"), 1);
        assert_eq!(count("cat: no such file\n"), 0);
    }
}
