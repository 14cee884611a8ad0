//! EC2 itself. The only file that names the SDK's client.

mod account;
mod images;
mod instances;
mod lifecycle;
mod network;
mod outlook;
mod spot;
mod tagged;
mod template_versions;
mod usage;
mod volumes;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ec2::Client;

use super::api::AccountCalls;
use super::attempts::{CountAttempts, NotWithoutCapacity, OnlyWithoutEffect};
use super::connection::Connection;
use super::expired::OnceMoreWhenExpired;
use super::iam::Iam;
use super::request::unless_empty;
use super::{Region, Tags};

/// All pages of a Describe call. A macro, since the SDK's requests share no trait.
macro_rules! pages {
    ($name:literal, $region:ident, $client:ident, $request:ident) => {
        Call {
            name: $name,
            region: $region,
        }
        .every_page(
            |token| $request.clone().set_next_token(token).send_with(&$client),
            |page| page.next_token(),
        )
        .await?
    };
}
use pages;

/// Whether the SDK may repeat a call whose first attempt may have worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Repeat {
    /// The call changes nothing, or it can be repeated: deletions, and creations with a client token.
    Freely,
    /// A creation that knows no client token: the caller has to look first.
    OnlyWithoutEffect,
}

/// EC2 in every region, with one account's credentials. Clones share clients, connections and credentials.
#[derive(Clone, Debug)]
pub(crate) struct Ec2 {
    ec2: aws_sdk_ec2::Config,
    sts: aws_sdk_sts::Config,
    clients: Arc<Mutex<HashMap<(Region, Repeat), Client>>>,
    pub(super) iam: Iam,
}

impl Ec2 {
    /// EC2 by way of `connection`. Opens nothing yet.
    pub(crate) fn new(connection: &Connection) -> Self {
        let mut ec2 = aws_sdk_ec2::config::Builder::from(&connection.config)
            .interceptor(CountAttempts)
            .retry_classifier(OnceMoreWhenExpired);
        let mut sts = aws_sdk_sts::config::Builder::from(&connection.config)
            .interceptor(CountAttempts)
            .retry_classifier(OnceMoreWhenExpired);
        ec2.set_endpoint_url(connection.ec2_endpoint.clone());
        sts.set_endpoint_url(connection.sts_endpoint.clone());
        Self {
            ec2: ec2.build(),
            sts: sts.build(),
            clients: Arc::default(),
            iam: Iam::new(connection),
        }
    }

    fn client(&self, region: &Region) -> Client {
        self.client_for(region, Repeat::Freely)
    }

    fn careful_client(&self, region: &Region) -> Client {
        self.client_for(region, Repeat::OnlyWithoutEffect)
    }

    /// All clients come from one configuration, so that they share the cache of credentials.
    fn client_for(&self, region: &Region, repeat: Repeat) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let config = self
                .ec2
                .to_builder()
                .region(aws_sdk_ec2::config::Region::new(region.to_string()))
                .retry_classifier(NotWithoutCapacity);
            Client::from_conf(match repeat {
                Repeat::Freely => config.build(),
                Repeat::OnlyWithoutEffect => config.retry_classifier(OnlyWithoutEffect).build(),
            })
        };
        clients
            .entry((region.clone(), repeat))
            .or_insert_with(make)
            .clone()
    }

    /// China's regions take no tags in these create calls, so they come in a call of their own.
    /// Where that fails the thing exists all the same: its id must not be lost for want of a tag.
    async fn tag_in_china(&self, region: &Region, id: &str, tags: &Tags) {
        if !region.is_china() || tags.is_empty() {
            return;
        }
        if let Err(error) = self.create_tags(region, &[id.to_owned()], tags).await {
            log::warn!("`{id}` stays without tags: {error}");
        }
    }
}

/// Identifiers as the SDK takes them; `None` where there are none.
fn texts<T: ToString>(ids: &[T]) -> Option<Vec<String>> {
    unless_empty(ids.iter().map(ToString::to_string).collect())
}
