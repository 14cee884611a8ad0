//! Joins questions about things of one kind in one region into one Describe call for all who wait.
//!
//! The first question goes out at once. What is asked within a tick of it waits for the next call, so a build by itself loses
//! no time and thirty builds make no more calls than one. The call asks by filter: an id that EC2 does not know yet is then
//! missing in the answer, where it would have failed the call for all others.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::cloud::api::CloudResult;
use crate::cloud::error::Refusal;
use crate::cloud::{CloudError, Region};

/// Between two calls of one desk.
pub(super) const TICK: Duration = Duration::from_millis(250);
/// A filter takes so many values.
const VALUES: usize = 200;

/// What is asked about at a desk.
pub(super) trait Thing: Clone + Send + 'static {
    /// The call, as EC2 spells it.
    const CALL: &'static str;
    /// The code for an id that EC2 does not know.
    const UNKNOWN: &'static str;
    /// Its id.
    fn id(&self) -> &str;
}

/// One desk.
#[derive(Debug)]
pub(super) struct Desk<T> {
    queue: Mutex<Queue<T>>,
}

#[derive(Debug)]
struct Queue<T> {
    waiting: Vec<Question<T>>,
    last_call: Option<Instant>,
    is_due: bool,
}

#[derive(Debug)]
struct Question<T> {
    ids: Vec<String>,
    answer: oneshot::Sender<CloudResult<Vec<T>>>,
}

/// The task that asks for all ended before it had an answer.
#[derive(Debug, thiserror::Error)]
#[error("the task that asks for all builds ended early")]
struct Interrupted;

impl<T> Default for Desk<T> {
    fn default() -> Self {
        Self {
            queue: Mutex::new(Queue {
                waiting: Vec::new(),
                last_call: None,
                is_due: false,
            }),
        }
    }
}

impl<T: Thing> Desk<T> {
    /// The things with these ids. `fetch` makes the call for all ids that are asked for at that moment.
    pub(super) async fn ask<F, Fut>(
        self: Arc<Self>,
        region: &Region,
        ids: Vec<String>,
        fetch: F,
    ) -> CloudResult<Vec<T>>
    where
        F: Fn(Vec<String>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = CloudResult<Vec<T>>> + Send,
    {
        let (sender, receiver) = oneshot::channel();
        let due = self.queue().enter(Question {
            ids,
            answer: sender,
        });
        if let Some(due) = due {
            let (desk, region) = (Arc::clone(&self), region.clone());
            // In a task of its own: whoever asked first may be dropped, the others still get their answer.
            tokio::spawn(async move {
                tokio::time::sleep_until(due).await;
                let questions = desk.queue().leave();
                answer(questions, &region, fetch).await;
            });
        }
        receiver.await.unwrap_or_else(|_| {
            Err(CloudError::NoAnswer {
                call: T::CALL,
                region: region.clone(),
                source: Box::new(Interrupted),
            })
        })
    }

    fn queue(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Queue<T> {
    /// When the call has to be made, where nobody is about to make it yet.
    fn enter(&mut self, question: Question<T>) -> Option<Instant> {
        self.waiting.push(question);
        if self.is_due {
            return None;
        }
        self.is_due = true;
        let now = Instant::now();
        Some(self.last_call.map_or(now, |last| now.max(last + TICK)))
    }

    fn leave(&mut self) -> Vec<Question<T>> {
        self.is_due = false;
        self.last_call = Some(Instant::now());
        std::mem::take(&mut self.waiting)
    }
}

async fn answer<T, F, Fut>(mut questions: Vec<Question<T>>, region: &Region, fetch: F)
where
    T: Thing,
    F: Fn(Vec<String>) -> Fut,
    Fut: Future<Output = CloudResult<Vec<T>>>,
{
    questions.retain(|question| !question.answer.is_closed());
    let ids: BTreeSet<&String> = questions.iter().flat_map(|one| &one.ids).collect();
    let ids: Vec<String> = ids.into_iter().cloned().collect();
    let mut found = Vec::new();
    for some in ids.chunks(VALUES) {
        match fetch(some.to_vec()).await {
            Ok(things) => found.extend(things),
            Err(error) => return refuse(questions, error),
        }
    }
    for question in questions {
        let answer = question
            .ids
            .iter()
            .map(|id| {
                let thing = found.iter().find(|thing| thing.id() == id);
                thing.cloned().ok_or_else(|| unknown::<T>(region, id))
            })
            .collect();
        // Whoever asked may be gone.
        let _gone = question.answer.send(answer);
    }
}

/// Every one gets the error, the last one the original.
fn refuse<T>(mut questions: Vec<Question<T>>, error: CloudError) {
    let last = questions.pop();
    for question in questions {
        let _gone = question.answer.send(Err(error.retold()));
    }
    if let Some(question) = last {
        let _gone = question.answer.send(Err(error));
    }
}

/// EC2's own answer to a question about that id alone.
fn unknown<T: Thing>(region: &Region, id: &str) -> CloudError {
    CloudError::Refused {
        call: T::CALL,
        region: region.clone(),
        refusal: Refusal::NotFound,
        code: T::UNKNOWN.to_owned(),
        message: format!("EC2 does not show `{id}`"),
        request_id: String::new(),
    }
}
