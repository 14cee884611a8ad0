//! Calls that change what exists already.

use std::future::Future;

use super::cx::Cx;
use super::error::BuildError;
use crate::cloud::CloudError;
use crate::wait::{self, Pace, Patience, Polled};

/// Makes a call that may be repeated: a new id that EC2 does not know everywhere yet, or an answer that was lost, only makes
/// it come again. `doing` is what the error begins with, `what` names the thing.
pub(super) async fn change<C, D, F, Fut>(
    cx: &Cx<'_, C, D>,
    doing: &'static str,
    what: &str,
    mut call: F,
) -> Result<(), BuildError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), CloudError>>,
{
    let progress = cx.progress(what);
    let wait = cx.wait(what, Pace::BRISK, Patience::Total(wait::GRACE), &progress);
    let done = wait::until(&wait, || {
        let call = call();
        async { call.await.map(Polled::Ready) }
    });
    done.await.map_err(BuildError::wait(doing))
}
