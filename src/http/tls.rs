//! Whom to trust, and what to show: the TLS of a client.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper_rustls::ConfigBuilderExt;
use rustls::client::WantsClientCert;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};

use crate::cloud::unverified;

/// What the environment says about one server's TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TlsSettings {
    /// Which servers are believed.
    pub(crate) trust: Trust,
    /// A certificate for this client and its key, both in PEM files.
    pub(crate) client: Option<(PathBuf, PathBuf)>,
    /// The name that the server's certificate has to carry, where it is not the address's.
    pub(crate) server_name: Option<String>,
}

/// Which servers are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Those that the system's authorities vouch for.
    #[default]
    System,
    /// Those that the authorities in this PEM text vouch for, and no other.
    Pem(String),
    /// Those of this PEM file.
    File(PathBuf),
    /// Those of all PEM files of this directory.
    Directory(PathBuf),
    /// All of them.
    Everybody,
}

/// Settings that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// The library takes none of the protocol versions.
    #[error("cannot set up TLS")]
    Library(#[source] rustls::Error),
    /// A file is not there or may not be read.
    #[error("cannot read `{}`", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// There is no certificate or key in it, or a broken one.
    #[error("`{}` holds no usable {what} in PEM form", path.display())]
    Pem {
        /// Which file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
        /// Why.
        #[source]
        source: Option<pem::Error>,
    },
    /// Certificate and key do not belong together.
    #[error("the client's certificate cannot be used")]
    Client(#[source] rustls::Error),
    /// The server's name is no name.
    #[error("`{name}` is not the name of a server")]
    Name {
        /// As it was given.
        name: String,
        /// Why not.
        #[source]
        source: InvalidDnsNameError,
    },
}

/// A client's TLS, made.
pub(crate) struct Tls {
    pub(super) config: ClientConfig,
    pub(super) server_name: Option<ServerName<'static>>,
}

impl Tls {
    /// The system's authorities, and no certificate of our own.
    pub(super) fn of_the_system() -> Result<Self, TlsError> {
        Self::of(&TlsSettings::default())
    }

    /// Reads the files that the settings name.
    pub(crate) fn of(settings: &TlsSettings) -> Result<Self, TlsError> {
        let builder = trusting(&settings.trust)?;
        let config = match &settings.client {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let what = "private key";
                let key = PrivateKeyDer::from_pem_slice(&bytes(key)?)
                    .map_err(|source| unusable(key, what, Some(source)))?;
                builder
                    .with_client_auth_cert(certificates(certificate)?, key)
                    .map_err(TlsError::Client)?
            }
        };
        let name = settings.server_name.as_ref();
        let server_name = name.map(|name| {
            ServerName::try_from(name.clone()).map_err(|source| TlsError::Name {
                name: name.clone(),
                source,
            })
        });
        Ok(Self {
            config,
            server_name: server_name.transpose()?,
        })
    }
}

fn trusting(trust: &Trust) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = || {
        ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Library)
    };
    let found = match trust {
        Trust::System => {
            return match builder()?.with_native_roots() {
                Ok(builder) => Ok(builder),
                Err(error) => {
                    // A plain `http://` server still works then.
                    log::warn!("no certificate authorities to check servers against: {error}");
                    Ok(builder()?.with_root_certificates(RootCertStore::empty()))
                }
            };
        }
        Trust::Everybody => {
            let verifier = unverified::verifier(provider.clone());
            return Ok(builder()?
                .dangerous()
                .with_custom_certificate_verifier(verifier));
        }
        Trust::Pem(text) => parsed(text.as_bytes(), Path::new("VAULT_CACERT_BYTES"))?,
        Trust::File(path) => certificates(path)?,
        Trust::Directory(path) => {
            let files = std::fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let files = files.map_err(|source| TlsError::File {
                path: path.to_path_buf(),
                source,
            })?;
            let files = files.iter().map(|file| certificates(&file.path()));
            files.collect::<Result<Vec<_>, _>>()?.concat()
        }
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found);
    Ok(builder()?.with_root_certificates(roots))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    parsed(&bytes(path)?, path)
}

fn parsed(pem: &[u8], path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let what = "certificate";
    let found = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    match found {
        Ok(found) if found.is_empty() => Err(unusable(path, what, None)),
        Ok(found) => Ok(found),
        Err(source) => Err(unusable(path, what, Some(source))),
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::File {
        path: path.to_path_buf(),
        source,
    })
}

fn unusable(path: &Path, what: &'static str, source: Option<pem::Error>) -> TlsError {
    TlsError::Pem {
        path: path.to_path_buf(),
        what,
        source,
    }
}
