//! The key pair: made here and imported, so that its private half never travels; by EC2 where only that is allowed.

use super::access::Key;
use super::cx::Cx;
use super::error::BuildError;
use super::late::Texts;
use super::unique::time_ordered_uuid;
use crate::cloud::error::Refusal;
use crate::cloud::{Cloud, CloudError, KeyName};
use crate::ledger::{Kind, Order};
use crate::plan::communicator::{KeyType, Login};
use crate::remote::{Dial, KeyPair};
use crate::secret::Secret;

/// The key pair that the login needs.
pub(super) async fn prepare<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    texts: &Texts,
) -> Result<Key, BuildError> {
    let Some(ssh) = cx.ssh() else {
        return Ok(Key::None);
    };
    match &ssh.login {
        Login::TemporaryKey { name, key_type, .. } => {
            return temporary(cx, name.as_deref(), *key_type, texts).await;
        }
        Login::Key { .. } => cx.ui.say("Using existing SSH private key"),
        Login::Agent { key_pair: None, .. } => {
            cx.ui.say("Using SSH Agent with key pair in Source AMI")
        }
        Login::Agent {
            key_pair: Some(name),
            ..
        } => cx
            .ui
            .say(&format!("Using SSH Agent for existing key pair {name}")),
        Login::Password { .. } => cx.ui.say("Not using temporary keypair"),
    }
    Ok(Key::of_login(&ssh.login))
}

async fn temporary<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    name: Option<&str>,
    key_type: KeyType,
    texts: &Texts,
) -> Result<Key, BuildError> {
    let key_name =
        KeyName::new(name.map_or_else(|| format!("packer_{}", time_ordered_uuid()), str::to_owned));
    cx.ui
        .say(&format!("Creating temporary keypair: {key_name}"));
    let order = Order::new(Kind::KeyPair, cx.region, key_name.as_str()).tagged(&texts.run_tags);
    let order = if name.is_some() {
        order.named_by_template()
    } else {
        order
    };
    let made = cx.dial.make_key(key_type).await;
    let pair = made.map_err(BuildError::Key)?;
    let pair = match import(cx, order.clone(), &key_name, &pair).await {
        Ok(()) => pair,
        Err(error) if error.is(Refusal::Denied) => {
            cx.ui.message(
                "The caller may not import a key pair (ec2:ImportKeyPair), so EC2 makes it.",
            );
            let private_key = create(cx, order, &key_name, key_type)
                .await
                .map_err(BuildError::call("create the temporary key pair"))?;
            KeyPair {
                public_key: String::new(),
                private_key,
            }
        }
        Err(error) => return Err(BuildError::call("import the temporary key pair")(error)),
    };
    Ok(Key::Temporary {
        name: key_name,
        pair,
    })
}

async fn import<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    order: Order,
    name: &KeyName,
    pair: &KeyPair,
) -> Result<(), CloudError> {
    let (cloud, region, name) = (cx.cloud.clone(), cx.region.clone(), name.clone());
    // The comment is how `ssh_clear_authorized_keys` finds the line again; EC2 writes the name there for keys of its own.
    let public_key = format!("{} {name}", pair.public_key);
    cx.ledger
        .create(order, |claim| async move {
            cloud
                .import_key_pair(&region, &claim, &name, &public_key)
                .await
        })
        .await
}

async fn create<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    order: Order,
    name: &KeyName,
    key_type: KeyType,
) -> Result<Secret, CloudError> {
    let (cloud, region, name) = (cx.cloud.clone(), cx.region.clone(), name.clone());
    let key_type = match key_type {
        KeyType::Rsa => "rsa",
        KeyType::Ed25519 => "ed25519",
    };
    cx.ledger
        .create(order, move |claim| async move {
            cloud
                .create_key_pair(&region, &claim, &name, key_type)
                .await
        })
        .await
}
