//! One writer at a time.
//!
//! Builds of this process queue up. Other processes, Packer among them, see `OUTPUT.lock`; as with Packer it is tried three
//! times and then passed over, since a killed process leaves it behind, and it is removed in any case.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};

use crate::stop::Stop;

/// Packer's waits before its three attempts.
const WAITS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(400),
];

static THIS_PROCESS: Mutex<()> = Mutex::const_new(());

/// Held while a manifest is read and written.
pub(super) struct Lock {
    file: PathBuf,
    _this_process: MutexGuard<'static, ()>,
}

/// Locks the manifest at `path`.
pub(super) async fn acquire(path: &Path, stop: &Stop) -> Lock {
    let this_process = THIS_PROCESS.lock().await;
    let mut file = path.as_os_str().to_owned();
    file.push(".lock");
    let file = PathBuf::from(file);
    for wait in WAITS {
        let stopped = stop.sleep(wait).await.is_err();
        let created = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&file);
        if created.is_ok() || stopped {
            break;
        }
        log::debug!("the manifest's lock `{}` is taken", file.display());
    }
    Lock {
        file,
        _this_process: this_process,
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _never_made_or_gone = fs::remove_file(&self.file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_lock_file_stands_while_the_lock_is_held() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("m.json");
        let lock = acquire(&path, &Stop::never()).await;
        assert!(directory.path().join("m.json.lock").exists());
        drop(lock);
        assert!(!directory.path().join("m.json.lock").exists());
    }

    #[tokio::test]
    async fn a_lock_that_somebody_left_behind_delays_but_does_not_bar() {
        let directory = tempfile::tempdir().unwrap();
        let left_behind = directory.path().join("m.json.lock");
        fs::write(&left_behind, "").unwrap();
        let before = std::time::Instant::now();
        drop(acquire(&directory.path().join("m.json"), &Stop::never()).await);
        assert!(before.elapsed() >= Duration::from_millis(600));
        assert!(!left_behind.exists());
    }
}
