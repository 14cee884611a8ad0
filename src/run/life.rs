//! `kind` and its siblings: what they add to the planned builds.

use std::sync::Arc;

use time::OffsetDateTime;

use super::context::RunContext;
use super::{identity, owner};
use crate::action::environment::GITHUB_REPOSITORY;
use crate::action::event;
use crate::cli::options::Force;
use crate::content::{Content, ContentInputs, Ground};
use crate::images::{Life, Origin, Reuse, Stay};
use crate::plan::amazon::settings::{ImageSettings, Lifecycle};
use crate::plan::{Builder, PlannedBuild};
use crate::template::problem::Problem;

/// Gives the images of all builds their life. Without `kind` nothing is changed.
pub(super) async fn give(
    builds: &mut [PlannedBuild],
    ground: Ground,
    cx: &RunContext,
) -> Result<(), Problem> {
    let Some(options) = &cx.options.life else {
        return Ok(());
    };
    check_bounds(&ground, &options.inputs)?;
    let now = OffsetDateTime::now_utc();
    let ground = Arc::new(ground);
    for build in builds {
        if !matches!(build.builder, Builder::AmazonEbs(_)) {
            continue;
        }
        let content = content(&ground, build, &options.inputs).await;
        let life = Life {
            origin: Some(origin(&build.name, options.stay, cx, now)),
            reuse: match cx.options.force {
                Force::Yes => Reuse::Off,
                Force::No => options.reuse,
            },
            content,
        };
        for reason in life.content.unknown() {
            cx.console.say(&format!(
                "{}: its image gets no digest of its content: {reason}",
                build.name
            ));
        }
        let Builder::AmazonEbs(settings) = &mut build.builder else {
            continue;
        };
        if let Some(line) = apply(&mut settings.image, options.stay, life, now) {
            cx.console.say(&format!("{}: {line}", build.name));
        }
    }
    Ok(())
}

/// Refuses patterns of `reuse-files` that lead to files which a template may not use either.
pub(super) fn check_bounds(ground: &Ground, inputs: &ContentInputs) -> Result<(), Problem> {
    ground.check_bounds(&inputs.files).map_err(|why| {
        Problem::without_place(format!("`reuse-files`: {why}")).with_hint(why.hint())
    })
}

/// What decides on the image. Files may be large, so they are read aside.
pub(super) async fn content(
    ground: &Arc<Ground>,
    build: &PlannedBuild,
    inputs: &ContentInputs,
) -> Content {
    let expansion = ground.expand(build, &inputs.volatile_variables);
    let (ground, more) = (Arc::clone(ground), inputs.files.clone());
    let read = tokio::task::spawn_blocking(move || ground.read(expansion, &more));
    read.await.unwrap_or_default()
}

fn origin(name: &str, stay: Stay, cx: &RunContext, now: OffsetDateTime) -> Origin {
    let environment = &cx.environment;
    let of_event = event::pull_request(environment).map(|request| request.number);
    Origin {
        kind: stay.kind(),
        repository: environment.get(GITHUB_REPOSITORY).map(str::to_owned),
        repository_id: owner::of_repository(environment),
        build: Origin::build(&cx.options.template.template, name),
        pull_request: cx.comment.pull_request.or(of_event),
        head: event::head(environment),
        run: identity::run(environment),
        expires: match stay {
            Stay::Preview { ttl } => Some(now + ttl),
            Stay::Release { .. } => None,
        },
    }
}

/// Changes what one builder's image is to be, and says what of the template does not count.
fn apply(
    image: &mut ImageSettings,
    stay: Stay,
    life: Life,
    now: OffsetDateTime,
) -> Option<&'static str> {
    let told = match stay {
        Stay::Preview { .. } => keep_to_ourselves(image),
        Stay::Release { deprecate_at } => {
            if let Some(until) = deprecate_at {
                image.lifecycle.deprecate_at = Some(until.from(now));
            }
            None
        }
    };
    image.life = life;
    told
}

/// Whoever prunes previews leaves alone what is shared or protected, so a preview that were either would stay for good.
fn keep_to_ourselves(image: &mut ImageSettings) -> Option<&'static str> {
    let shares = [
        &mut image.users,
        &mut image.organizations,
        &mut image.organizational_units,
        &mut image.groups,
        &mut image.snapshot_users,
        &mut image.snapshot_groups,
    ];
    let mut is_changed = false;
    for share in shares {
        is_changed |= !std::mem::take(share).is_empty();
    }
    let Lifecycle {
        deprecate_at,
        protection,
        ..
    } = &mut image.lifecycle;
    is_changed |= deprecate_at.take().is_some();
    is_changed |= protection.take().is_some();
    is_changed.then_some(
        "a preview is not shared, protected or deprecated: these keys of the template count for a release",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::lifecycle::Cooldown;
    use crate::images::{Given, Kind, LifeOptions, Until};

    const NOW: OffsetDateTime = time::macros::datetime!(2026-12-01 10:00 UTC);

    fn shared() -> ImageSettings {
        let mut image = ImageSettings::none();
        image.users = vec!["210987654321".to_owned()];
        image.groups = vec!["all".to_owned()];
        image.lifecycle.protection = Some(Cooldown::None);
        image
    }

    fn given(kind: &str, deprecate_at: Option<&str>) -> LifeOptions {
        let given = Given {
            kind: Some(kind.to_owned()),
            deprecate_at: deprecate_at.map(str::to_owned),
            ..Given::default()
        };
        LifeOptions::read(given).unwrap().unwrap()
    }

    fn applied(
        mut image: ImageSettings,
        options: &LifeOptions,
    ) -> (ImageSettings, Option<&'static str>) {
        let origin = Origin {
            kind: options.stay.kind(),
            repository: None,
            repository_id: None,
            build: String::new(),
            pull_request: None,
            head: None,
            run: None,
            expires: None,
        };
        let life = Life {
            origin: Some(origin),
            ..Life::default()
        };
        let told = apply(&mut image, options.stay, life, NOW);
        (image, told)
    }

    #[test]
    fn a_preview_is_neither_shared_nor_protected_and_that_is_said_once() {
        let (image, told) = applied(shared(), &given("preview", None));
        assert!(image.users.is_empty() && image.groups.is_empty());
        assert_eq!(image.lifecycle.protection, None);
        assert!(told.is_some());
        let (_, told) = applied(ImageSettings::none(), &given("preview", None));
        assert_eq!(told, None);
    }

    #[test]
    fn a_release_is_what_the_template_says_and_deprecated_when_the_run_says() {
        let (image, _) = applied(shared(), &given("release", Some("90d")));
        assert_eq!(image.users, ["210987654321"]);
        assert_eq!(image.lifecycle.protection, Some(Cooldown::None));
        let end = Until::parse("90d").unwrap().from(NOW);
        assert_eq!(image.lifecycle.deprecate_at, Some(end));
        assert_eq!(image.life.origin.unwrap().kind, Kind::Release);
    }
}
