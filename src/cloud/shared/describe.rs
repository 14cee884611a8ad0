//! The desks of one caller, and which questions they take.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::desk::{Desk, Thing};
use crate::cloud::Region;
use crate::cloud::image::{Image, ImageQuery, Snapshot};
use crate::cloud::instance::Instance;

/// What is asked about in one region, a desk for each kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Desks {
    pub(super) instances: Arc<Desk<Instance>>,
    pub(super) images: Arc<Desk<Image>>,
    pub(super) snapshots: Arc<Desk<Snapshot>>,
}

/// The desks of all regions.
#[derive(Debug, Default)]
pub(super) struct Regions {
    desks: Mutex<HashMap<Region, Desks>>,
}

impl Regions {
    pub(super) fn desks(&self, region: &Region) -> Desks {
        let mut desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        desks.entry(region.clone()).or_default().clone()
    }
}

/// The ids of a query that a desk can take: the caller's own images by id, and nothing else.
pub(super) fn own_images(query: &ImageQuery) -> Option<Vec<String>> {
    let by_id = !query.ids.is_empty() && query.filters.is_empty() && query.owners == ["self"];
    by_id.then(|| query.ids.iter().map(ToString::to_string).collect())
}

/// The same question by filter, for all who ask.
pub(super) fn images_by_filter(ids: Vec<String>) -> ImageQuery {
    ImageQuery {
        owners: vec!["self".to_owned()],
        filters: vec![("image-id".to_owned(), ids)],
        ..ImageQuery::default()
    }
}

impl Thing for Instance {
    const CALL: &'static str = "DescribeInstances";
    const UNKNOWN: &'static str = "InvalidInstanceID.NotFound";
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl Thing for Image {
    const CALL: &'static str = "DescribeImages";
    const UNKNOWN: &'static str = "InvalidAMIID.NotFound";
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl Thing for Snapshot {
    const CALL: &'static str = "DescribeSnapshots";
    const UNKNOWN: &'static str = "InvalidSnapshot.NotFound";
    fn id(&self) -> &str {
        self.id.as_str()
    }
}
