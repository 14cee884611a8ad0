//! IAM of the model: roles with at most one policy, and instance profiles with at most one role, all of one name.

use std::collections::BTreeMap;
use std::time::Duration;

use super::pace::Pace;
use super::place::{Outcome, Refused, SHOWN};
use crate::cloud::Tags;
use crate::ledger::Kind;

/// A thing of IAM.
#[derive(Clone, Debug)]
pub(super) struct Entity {
    /// The looks that it still takes until IAM knows it.
    hidden: u32,
    /// The launches that it still takes until EC2 does.
    unknown: u32,
    pub(super) tags: Tags,
    /// A role's policy, or the role of a profile.
    holds: bool,
    /// When the model first saw it, by its clock.
    since: Option<Duration>,
}

/// Things of one kind, by name.
pub(super) type Shelf = BTreeMap<String, Entity>;

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Iam {
    roles: Shelf,
    profiles: Shelf,
    /// The policies that were ever attached.
    pub(super) policies: Vec<String>,
}

impl Iam {
    pub(super) fn add_role(&mut self, name: &str, tags: Tags, pace: Pace) -> Outcome<()> {
        add(&mut self.roles, name, tags, pace)
    }

    pub(super) fn add_profile(&mut self, name: &str, tags: Tags, pace: Pace) -> Outcome<()> {
        add(&mut self.profiles, name, tags, pace)
    }

    /// A profile of the owner's, with a role in it.
    pub(super) fn take_as_given(&mut self, name: &str) {
        let known = Entity {
            hidden: 0,
            unknown: 0,
            tags: Tags::new(),
            holds: true,
            since: None,
        };
        self.profiles.insert(name.to_owned(), known);
    }

    pub(super) fn put_policy(&mut self, name: &str, document: &str) -> Outcome<()> {
        look(&mut self.roles, name)?.holds = true;
        self.policies.push(document.to_owned());
        Ok(())
    }

    pub(super) fn attach(&mut self, name: &str) -> Outcome<()> {
        look(&mut self.roles, name)?;
        look(&mut self.profiles, name)?.holds = true;
        Ok(())
    }

    pub(super) fn detach(&mut self, name: &str) -> Outcome<()> {
        release(&mut self.profiles, name)
    }

    pub(super) fn delete_policy(&mut self, name: &str) -> Outcome<()> {
        release(&mut self.roles, name)
    }

    pub(super) fn delete_role(&mut self, name: &str) -> Outcome<()> {
        let stands_in_a_profile = self.profiles.get(name).is_some_and(|profile| profile.holds);
        if self.roles.contains_key(name) && stands_in_a_profile {
            return Err(Refused::new("DeleteConflict", "remove it from its profile"));
        }
        delete(&mut self.roles, name)
    }

    pub(super) fn delete_profile(&mut self, name: &str) -> Outcome<()> {
        delete(&mut self.profiles, name)
    }

    /// The roles or the profiles.
    pub(super) fn shelf(&self, kind: Kind) -> &Shelf {
        match kind {
            Kind::Role => &self.roles,
            _ => &self.profiles,
        }
    }

    /// `TagRole` and `TagInstanceProfile`.
    pub(super) fn tag(&mut self, kind: Kind, name: &str, tags: &Tags) -> Outcome<()> {
        let shelf = match kind {
            Kind::Role => &mut self.roles,
            _ => &mut self.profiles,
        };
        look(shelf, name)?.tags.extend(tags.clone());
        Ok(())
    }

    /// What EC2 says about a launch with this profile.
    pub(super) fn check(&mut self, name: Option<&str>) -> Outcome<()> {
        let Some(name) = name else { return Ok(()) };
        let refused = || Refused::new("InvalidParameterValue", "Invalid IAM Instance Profile name");
        let profile = self.profiles.get_mut(name).ok_or_else(refused)?;
        if profile.unknown > 0 {
            profile.unknown -= 1;
            return Err(refused());
        }
        profile.holds.then_some(()).ok_or_else(refused)
    }

    /// The clock stands at `now`: after a while everything is known.
    pub(super) fn grow_old(&mut self, now: Duration) {
        for made in self.roles.values_mut().chain(self.profiles.values_mut()) {
            if now.saturating_sub(*made.since.get_or_insert(now)) > SHOWN {
                made.hidden = 0;
            }
        }
    }

    /// Whatever is there.
    #[cfg(test)]
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.roles.keys().chain(self.profiles.keys())
    }

    /// The tags of a role.
    #[cfg(test)]
    pub(super) fn role_tags(&self) -> Vec<Tags> {
        self.roles.values().map(|role| role.tags.clone()).collect()
    }
}

fn missing(name: &str) -> Refused {
    Refused::not_found("NoSuchEntity", name)
}

fn add(shelf: &mut Shelf, name: &str, tags: Tags, pace: Pace) -> Outcome<()> {
    if shelf.contains_key(name) {
        return Err(Refused::new("EntityAlreadyExists", format!("`{name}`")));
    }
    let made = Entity {
        hidden: pace.hidden,
        unknown: pace.hidden,
        tags,
        holds: false,
        since: None,
    };
    shelf.insert(name.to_owned(), made);
    Ok(())
}

fn look<'a>(shelf: &'a mut Shelf, name: &str) -> Outcome<&'a mut Entity> {
    let made = shelf.get_mut(name).ok_or_else(|| missing(name))?;
    if made.hidden > 0 {
        made.hidden -= 1;
        return Err(missing(name));
    }
    Ok(made)
}

fn release(shelf: &mut Shelf, name: &str) -> Outcome<()> {
    let made = shelf.get_mut(name).filter(|made| made.holds);
    made.ok_or_else(|| missing(name))?.holds = false;
    Ok(())
}

fn delete(shelf: &mut Shelf, name: &str) -> Outcome<()> {
    let made = look(shelf, name)?;
    if made.holds {
        return Err(Refused::new("DeleteConflict", "it is not empty"));
    }
    shelf.remove(name);
    Ok(())
}
