//! Gets the image: the engine's own where it has it, else from a registry.

use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt as _;

use crate::sandbox::{Order, SandboxError};

use super::engine::Engine;
use super::engine_error::EngineError;
use super::image::{self, Guess};
use super::unavailable;

/// For the whole of a pull, and for one word of it.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
const SILENCE: Duration = Duration::from_secs(60);

/// Is told how far it is.
pub(crate) type Tell<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// An image that the engine has.
pub(super) struct Image {
    pub(super) name: String,
    /// `NAME=value`.
    pub(super) variables: Vec<String>,
    /// Directories that are volumes in its containers.
    pub(super) volumes: Vec<String>,
    /// For which processor it is, in Go's words.
    pub(super) architecture: Option<String>,
    /// How it was chosen.
    pub(super) chosen: Chosen,
}

/// How an image was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    /// By the user.
    Named,
    /// By the name of the AMI.
    ByName,
    /// By less.
    Guessed,
}

/// Which image it is to be.
pub(super) fn choose(order: &Order, named: Option<&str>) -> Result<(String, Chosen), SandboxError> {
    if let Some(name) = named {
        return Ok((name.to_owned(), Chosen::Named));
    }
    match image::choose(&order.source) {
        Some(guess @ Guess::Named(_)) => Ok((guess.image().to_owned(), Chosen::ByName)),
        Some(guess @ Guess::Likely(_)) => Ok((guess.image().to_owned(), Chosen::Guessed)),
        None => Err(unavailable(format!(
            "nothing says which image is like {}; name one with `-sandbox=docker:IMAGE`",
            described(order)
        ))),
    }
}

/// Gets it.
pub(super) async fn get(
    engine: &Engine,
    (name, chosen): (String, Chosen),
    tell: Tell<'_>,
) -> Result<Image, SandboxError> {
    let asking = || format!("ask the engine for the image `{name}`");
    let mut found = engine.image(&name).await.map_err(|error| match error {
        EngineError::Refused {
            status: 400,
            message,
        } => unavailable(format!(
            "`{name}` is no name of an image ({message}); name one with `-sandbox=docker:IMAGE`"
        )),
        error => error.while_it(asking()),
    })?;
    if found.is_none() {
        // Without a tag a pull would fetch all tags.
        let tag = if has_tag(&name) { "" } else { ":latest" };
        pull(engine, &format!("{name}{tag}"), tell).await?;
        found = engine
            .image(&name)
            .await
            .map_err(|error| error.while_it(asking()))?;
    }
    let Some(found) = found else {
        return Err(not_here(&name, "the engine pulled it and has it not"));
    };
    let config = found.config.unwrap_or_default();
    Ok(Image {
        name,
        variables: config.env.unwrap_or_default(),
        volumes: config.volumes.unwrap_or_default(),
        architecture: found.architecture.filter(|it| !it.is_empty()),
        chosen,
    })
}

async fn pull(engine: &Engine, name: &str, tell: Tell<'_>) -> Result<(), SandboxError> {
    tell(&format!("Pulling the image {name}..."));
    let mut words = pin!(engine.pull(name));
    let mut last = String::new();
    let all = async {
        while let Some(word) = tokio::time::timeout(SILENCE, words.next())
            .await
            .map_err(|_| "the registry or the engine was silent for a minute".to_owned())?
        {
            let word = word.map_err(|error| error.to_string())?;
            if word != last {
                log::debug!("pulling {name}: {word}");
                last = word;
            }
        }
        Ok::<_, String>(())
    };
    match tokio::time::timeout(PATIENCE, all).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(why)) => Err(not_here(name, &why)),
        Err(_) => Err(not_here(name, "pulling it took more than 15 min")),
    }
}

fn not_here(name: &str, why: &str) -> SandboxError {
    unavailable(format!(
        "the image `{name}` is not here and could not be pulled ({why}); pull or load it, or name another with `-sandbox=docker:IMAGE`"
    ))
}

fn has_tag(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.contains(':') || last.contains('@') || name.starts_with("sha256:")
}

fn described(order: &Order) -> String {
    match (&order.source.name, order.source.owners.first()) {
        (Some(name), _) => format!("an AMI of the name `{name}`"),
        (None, Some(owner)) => format!("an AMI of the owner `{owner}`"),
        (None, None) => "the source AMI, of which only the id is known".to_owned(),
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_port_is_no_tag() {
        assert!(!has_tag("registry.example:5000/base"));
        assert!(has_tag("registry.example:5000/base:12"));
        assert!(has_tag("base@sha256:00"));
        assert!(!has_tag("ubuntu"));
    }
}
