//! One call: timed, counted, logged, and its error told in our terms.

use std::error::Error;
use std::future::Future;
use std::time::{Duration, Instant};

use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::operation::RequestId;

use super::api::CloudResult;
use super::attempts::Attempts;
use super::error::Refusal;
use super::{CloudError, Region, attempts, classify};

/// The call's name as EC2 spells it, and the region it goes to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) name: &'static str,
    pub(crate) region: &'a Region,
}

impl Call<'_> {
    /// Sends one call and waits for its answer.
    pub(crate) async fn answer<O, E, F>(self, sent: F) -> CloudResult<O>
    where
        O: RequestId,
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    {
        let started = Instant::now();
        // The SDK's futures are several kilobytes: on the heap they do not grow every future above them.
        let (result, attempts) = attempts::counted(Box::pin(sent)).await;
        match result {
            Ok(output) => {
                self.log(
                    started.elapsed(),
                    attempts,
                    output.request_id().unwrap_or("-"),
                    "ok",
                );
                Ok(output)
            }
            Err(error) => {
                let request_id = error.request_id().unwrap_or("-").to_owned();
                let error = classify::error(self.name, self.region, attempts, error);
                self.log(
                    started.elapsed(),
                    attempts,
                    &request_id,
                    error.code().unwrap_or("no answer"),
                );
                Err(error)
            }
        }
    }

    /// Sends one call after the other until no further page is announced.
    pub(crate) async fn every_page<O, E, F>(
        self,
        send: impl Fn(Option<String>) -> F,
        next: impl Fn(&O) -> Option<&str>,
    ) -> CloudResult<Vec<O>>
    where
        O: RequestId,
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    {
        let mut pages = Vec::new();
        let mut token = None;
        loop {
            let page = self.answer(send(token)).await?;
            // EC2 marks the last page by no token or by an empty one.
            token = next(&page)
                .filter(|token| !token.is_empty())
                .map(str::to_owned);
            pages.push(page);
            if token.is_none() {
                return Ok(pages);
            }
        }
    }

    /// The error for an answer without `field`.
    pub(crate) fn without(self, field: &'static str) -> CloudError {
        CloudError::Incomplete {
            call: self.name,
            region: self.region.clone(),
            field,
        }
    }

    fn log(self, took: Duration, attempts: Attempts, request_id: &str, outcome: &str) {
        log::debug!(
            "{} in {}: {outcome} after {} ms, {} attempt(s), request {request_id}",
            self.name,
            self.region,
            took.as_millis(),
            attempts.made
        );
    }
}

/// The answer of a call for which one kind of refusal is a success: a dry run that would go through, a deletion of what is
/// not there, an addition of what is there already.
pub(crate) fn done_or<T>(fine: Refusal, result: CloudResult<T>) -> CloudResult<()> {
    match result {
        Err(error) if error.is(fine) => Ok(()),
        result => result.map(drop),
    }
}
