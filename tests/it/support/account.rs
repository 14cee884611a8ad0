//! What is in an account, and whether it should be.

use std::fmt::Write as _;

use serde_json::Value;

/// The kinds that a build may leave where it succeeds.
const PRODUCTS: [&str; 2] = ["images", "snapshots"];

/// A look at an account.
#[derive(Clone, Debug)]
pub(crate) struct Account(Value);

/// What a run should have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// Nothing at all.
    Nothing,
    /// So many images, with their snapshots.
    Images(usize),
}

impl Account {
    pub(super) fn of(inventory: &Value) -> Self {
        Self(inventory.clone())
    }

    /// All things of a kind, as the lab's inventory spells it.
    pub(crate) fn all(&self, kind: &str) -> &[Value] {
        self.0[kind].as_array().map_or(&[], Vec::as_slice)
    }

    /// The ids of all things of a kind.
    pub(crate) fn ids(&self, kind: &str) -> Vec<String> {
        let ids = self
            .all(kind)
            .iter()
            .filter_map(|thing| thing["id"].as_str());
        ids.map(str::to_owned).collect()
    }

    /// The only image of a region.
    pub(crate) fn image(&self, region: &str) -> &Value {
        let mut images = self
            .all("images")
            .iter()
            .filter(|image| image["region"] == region);
        let image = images
            .next()
            .unwrap_or_else(|| panic!("no image in {region}: {self:#?}"));
        assert!(
            images.next().is_none(),
            "more than one image in {region}: {self:#?}"
        );
        image
    }

    /// The only image of that name.
    pub(crate) fn image_named(&self, prefix: &str) -> &Value {
        let is_it = |image: &&Value| {
            image["name"]
                .as_str()
                .is_some_and(|name| name.starts_with(prefix))
        };
        let image = self.all("images").iter().find(is_it);
        image.unwrap_or_else(|| panic!("no image `{prefix}…`: {self:#?}"))
    }

    pub(super) fn has_ending_machines(&self) -> bool {
        self.all("instances")
            .iter()
            .any(|machine| machine["state"] == "shutting-down")
    }

    /// Why the account is not as it should be; empty where it is.
    pub(crate) fn differs_from(&self, left: Left) -> String {
        let images = match left {
            Left::Nothing => 0,
            Left::Images(images) => images,
        };
        let mut wrong = String::new();
        for (kind, things) in self.0.as_object().expect("an inventory is an object") {
            let things = things.as_array().expect("of lists");
            if !things.is_empty() && (left == Left::Nothing || !PRODUCTS.contains(&kind.as_str())) {
                let _ = write!(wrong, "{kind} left: {}; ", self.names(kind));
            }
        }
        if left != Left::Nothing && self.all("images").len() != images {
            let _ = write!(
                wrong,
                "images: {} instead of {images}; ",
                self.names("images")
            );
        }
        for snapshot in self.all("snapshots") {
            let image = snapshot["image_id"].as_str().unwrap_or_default();
            if left != Left::Nothing && !self.ids("images").iter().any(|id| id == image) {
                let _ = write!(wrong, "a snapshot of no image: {}; ", snapshot["id"]);
            }
        }
        wrong
    }

    /// Fails the test where the account is not as it should be.
    pub(crate) fn assert_holds(&self, left: Left) {
        let wrong = self.differs_from(left);
        assert!(wrong.is_empty(), "{wrong}");
    }

    fn names(&self, kind: &str) -> String {
        let name = |thing: &Value| {
            let id = ["id", "key_name", "name"]
                .iter()
                .find_map(|key| thing[*key].as_str());
            format!(
                "{} ({})",
                id.unwrap_or("?"),
                thing["state"].as_str().unwrap_or("-")
            )
        };
        self.all(kind)
            .iter()
            .map(name)
            .collect::<Vec<_>>()
            .join(", ")
    }
}
