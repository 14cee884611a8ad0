//! How often a call went out, and which calls may go out twice.
//!
//! The SDK repeats a call by itself. For a call without a client token that is wrong once the request has left: the first
//! one may have worked, and the second is then refused as a duplicate of a thing that nobody knows of.

use std::cell::Cell;
use std::future::Future;

use aws_sdk_ec2::config::interceptors::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef, InterceptorContext,
};
use aws_sdk_ec2::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_ec2::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_ec2::error::{BoxError, ProvideErrorMetadata};
use aws_sdk_ec2::operation::run_instances::RunInstancesError;

use super::classify::{chain, refusal};
use super::error::Refusal;

/// What became of a call's attempts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// How many were made.
    pub(crate) made: u32,
    /// How many of them found no connection, so that nothing was sent.
    pub(crate) unconnected: u32,
}

/// Whether a call was refused because its credentials have ended, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Expired {
    #[default]
    No,
    /// Others are to be looked for.
    Told,
    /// Others were looked for: that is done once a call.
    Heeded,
}

impl Attempts {
    /// Whether any attempt may have reached EC2.
    pub(crate) fn reached(self) -> bool {
        self.made > self.unconnected
    }
}

tokio::task_local! {
    /// The attempts of the call that this task is in. The SDK runs them on the caller's own task.
    static ATTEMPTS: Cell<Attempts>;
    /// What AWS said about the credentials of that call.
    static EXPIRED: Cell<Expired>;
    /// How many attempts EC2 throttled, whatever call they belong to.
    static THROTTLED_ATTEMPTS: Cell<u32>;
}

/// Runs one call and tells what became of its attempts.
pub(crate) async fn counted<F: Future>(call: F) -> (F::Output, Attempts) {
    let call = EXPIRED.scope(Cell::default(), call);
    ATTEMPTS
        .scope(Cell::default(), async move {
            let output = call.await;
            (output, ATTEMPTS.with(Cell::get))
        })
        .await
}

/// Runs calls and tells how many of their attempts EC2 throttled. The SDK repeats those by itself, so a call that went well
/// in the end does not show them.
pub(crate) async fn throttled<F: Future>(calls: F) -> (F::Output, u32) {
    THROTTLED_ATTEMPTS
        .scope(Cell::default(), async move {
            let output = calls.await;
            (output, THROTTLED_ATTEMPTS.with(Cell::get))
        })
        .await
}

/// Outside of [`counted`] nobody asks for the numbers.
fn note(change: impl FnOnce(&mut Attempts)) {
    let _outside = ATTEMPTS.try_with(|attempts| {
        let mut changed = attempts.get();
        change(&mut changed);
        attempts.set(changed);
    });
}

/// Notes that the credentials have ended; says whether others are worth a look, which is once a call. The SDK asks more than
/// once about one attempt, and gets the same answer.
pub(super) fn note_expired() -> bool {
    move_on(&[Expired::No, Expired::Told], Expired::Told)
}

/// Whether others have to be looked for; they are, from now on.
pub(super) fn take_expired() -> bool {
    move_on(&[Expired::Told], Expired::Heeded)
}

/// Whether it was so, and then it is otherwise. Outside of [`counted`] it never is.
fn move_on(from: &[Expired], to: Expired) -> bool {
    let moved = EXPIRED.try_with(|expired| {
        let is_so = from.contains(&expired.get());
        if is_so {
            expired.set(to);
        }
        is_so
    });
    moved.unwrap_or(false)
}

/// Counts the attempts, and those among them that found no connection.
#[derive(Debug)]
pub(crate) struct CountAttempts;

impl Intercept for CountAttempts {
    fn name(&self) -> &'static str {
        "CountAttempts"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        note(|attempts| attempts.made += 1);
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context
            .response()
            .is_some_and(|response| response.status().as_u16() == THROTTLED)
        {
            let _outside = THROTTLED_ATTEMPTS.try_with(|count| count.set(count.get() + 1));
        }
        let error = match context.output_or_error() {
            Some(Err(error)) => error.as_connector_error(),
            Some(Ok(_)) | None => None,
        };
        if error.is_some_and(|error| never_connected(error)) {
            note(|attempts| attempts.unconnected += 1);
        }
        Ok(())
    }
}

/// Forbids the repetition of a call whose effect is unknown: no answer, or a server's fault.
/// Throttled calls had no effect and may be repeated.
#[derive(Debug)]
pub(crate) struct OnlyWithoutEffect;

impl ClassifyRetry for OnlyWithoutEffect {
    fn name(&self) -> &'static str {
        "OnlyWithoutEffect"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let server_failed = context.response().is_some_and(|response| {
            response.status().is_server_error() && response.status().as_u16() != THROTTLED
        });
        let transport_failed = match context.output_or_error() {
            Some(Err(error)) => {
                error.is_timeout_error()
                    || error.is_response_error()
                    || error
                        .as_connector_error()
                        .is_some_and(|error| !never_connected(error))
            }
            Some(Ok(_)) | None => false,
        };
        if server_failed || transport_failed {
            RetryAction::RetryForbidden
        } else {
            RetryAction::NoActionIndicated
        }
    }
}

/// Forbids the repetition of a launch that EC2 has no machine for. It says so with a status of 500, which the SDK repeats in
/// silence for minutes; the caller is told at once instead, and can choose another type or zone.
#[derive(Debug)]
pub(crate) struct NotWithoutCapacity;

impl ClassifyRetry for NotWithoutCapacity {
    fn name(&self) -> &'static str {
        "NotWithoutCapacity"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = match context.output_or_error() {
            Some(Err(error)) => error.as_operation_error(),
            Some(Ok(_)) | None => None,
        };
        let code = error
            .and_then(|error| error.downcast_ref::<RunInstancesError>())
            .and_then(ProvideErrorMetadata::code);
        if code.is_some_and(|code| refusal(code, SERVER_FAULT) == Refusal::Capacity) {
            RetryAction::RetryForbidden
        } else {
            RetryAction::NoActionIndicated
        }
    }
}

/// The status under which EC2 reports that it has no machine.
const SERVER_FAULT: u16 = 500;

/// EC2 answers throttled calls with 503 and the code `RequestLimitExceeded`
/// (<https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>).
const THROTTLED: u16 = 503;

/// Whether the failure came before a connection stood: then nothing was sent.
pub(super) fn never_connected(error: &(dyn std::error::Error + 'static)) -> bool {
    chain(error)
        .filter_map(|error| error.downcast_ref::<hyper_util::client::legacy::Error>())
        .any(hyper_util::client::legacy::Error::is_connect)
}
