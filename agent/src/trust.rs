//! Whom an agent believes: the one authority whose certificate its invite named, and nobody else.
//!
//! The system's authorities are not asked. A coordinator in somebody's attic has no public name,
//! and one that has must not be impersonated by whoever gets a certificate for that name.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
};
use sha2::Digest as _;
use visorfarm_protocol::digest::Digest;

/// How long a server may take to accept a connection, TLS included.
const CONNECTS_WITHIN: Duration = Duration::from_secs(15);

/// How long a server may send nothing in an answer.
const SILENT_FOR_AT_MOST: Duration = Duration::from_secs(30);

/// Why a server is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Another authority signed for it, or none.
    #[error(
        "the server is not the one that the invite was made for: somebody stands between, or the \
         coordinator has a new certificate; ask the dispatcher for a new invite"
    )]
    NotPinned,
    /// Its certificate begins in the future.
    #[error(
        "the server's certificate is not valid yet: this machine's clock is probably wrong; wait \
         until it has found a time server, or set it"
    )]
    NotYetValid,
}

/// Returns what TLS connections of this agent are made with. Without a pin, which only links on
/// loopback do not have, no server is believed.
#[must_use]
pub fn client_config(pin: Option<Digest>) -> Arc<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let verifier = PinnedAuthority { pin, provider: Arc::clone(&provider) };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has ciphers for TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Arc::new(config)
}

/// Returns what a link trusts that is not encrypted: nobody.
pub(crate) fn nobody() -> ClientConfig {
    ClientConfig::clone(&client_config(None))
}

/// Returns an HTTP client for the coordinator at `origin`. It follows no redirect: a coordinator
/// gives none, and whoever does is another.
pub fn http_client(origin: &str, pin: Option<Digest>) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(ClientConfig::clone(&client_config(pin)))
        .user_agent(concat!("visorfarm-agent/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECTS_WITHIN)
        .read_timeout(SILENT_FOR_AT_MOST);
    // A plain link goes to this very machine; no proxy can reach that.
    let builder = if origin.starts_with("http://") { builder.no_proxy() } else { builder };
    builder.build()
}

/// Returns why a server was not believed, if that is what `error` came from.
#[must_use]
pub fn reason(error: &(dyn Error + 'static)) -> Option<TrustError> {
    causes(error).find_map(|cause| match cause.downcast_ref() {
        Some(rustls::Error::InvalidCertificate(CertificateError::Other(other))) => {
            other.0.downcast_ref::<TrustError>().cloned()
        }
        Some(_) | None => None,
    })
}

/// Returns `error` and what it came from, deepest last.
pub(crate) fn causes<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        // An `io::Error` tells the cause of what it wraps, not what it wraps.
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}

#[derive(Debug)]
struct PinnedAuthority {
    pin: Option<Digest>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for PinnedAuthority {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let pinned = |shown: &&CertificateDer<'_>| {
            self.pin == Some(Digest(sha2::Sha256::digest(shown.as_ref()).into()))
        };
        let authority = intermediates.iter().chain([end_entity]).find(pinned);
        let authority = authority.ok_or_else(|| refused(TrustError::NotPinned))?;
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone().into_owned())?;
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider))
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .map_err(explained)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn refused(why: TrustError) -> rustls::Error {
    CertificateError::Other(OtherError(Arc::new(why))).into()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "rustls has many errors that say enough")]
fn explained(error: rustls::Error) -> rustls::Error {
    use CertificateError::{NotValidYet, NotValidYetContext, UnknownIssuer};
    match error {
        rustls::Error::InvalidCertificate(NotValidYet | NotValidYetContext { .. }) => {
            refused(TrustError::NotYetValid)
        }
        // The pinned certificate was shown, but it did not sign what it was shown with.
        rustls::Error::InvalidCertificate(UnknownIssuer) => refused(TrustError::NotPinned),
        other => other,
    }
}

#[cfg(test)]
mod tests;
