//! The certificate that this coordinator shows, and the pin by which agents know it.
//!
//! Volunteers' machines have no public name, so the coordinator makes a certificate authority of
//! its own at its first start, and invites carry the digest of that authority's certificate. Its
//! key signs a server certificate, which is made again before it ends or when the machine gets
//! another name; the pin stays.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use visorfarm_protocol::digest::Digest;

use crate::clock::Timestamp;

/// How long the authority is good for: longer than anybody keeps a farm. Its end is the end of all
/// invites and enrolments.
const AUTHORITY_VALID_FOR: Duration = DAY.saturating_mul(20 * 365);

/// How long a server certificate is good for. Apple's systems refuse more than 825 days.
const SERVER_VALID_FOR: Duration = DAY.saturating_mul(2 * 365);

/// A server certificate is made again when it ends within this time: a coordinator is restarted
/// more often (a guess).
const REMADE_BEFORE_END: Duration = DAY.saturating_mul(60);

/// Certificates begin this much before now: a Raspberry Pi's clock is behind until it finds a time
/// server.
const BEGINS_BEFORE: Duration = DAY.saturating_mul(30);

const DAY: Duration = Duration::from_hours(24);

/// A certificate chain, its key, and the pin.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    chain_path: PathBuf,
    key_path: PathBuf,
}

/// PEM files of a certificate chain and its key that somebody else made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The server's certificate first, its authority's last.
    pub chain: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Why there is no certificate to show.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file or folder cannot be read or written.
    #[error("cannot read or write {path}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{path} is not a {what} in PEM format")]
    Pem {
        /// Which one.
        path: PathBuf,
        /// What it should be.
        what: &'static str,
        /// What is wrong with it.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// A file has no certificate in it.
    #[error("{path} has no certificate in it")]
    Empty {
        /// Which one.
        path: PathBuf,
    },
    /// The authority's key cannot be used.
    #[error(
        "{path} is not a key that can sign: restore it from a backup, or remove the folder and invite all agents again"
    )]
    AuthorityKey {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: rcgen::Error,
    },
    /// A host name cannot stand in a certificate.
    #[error("cannot make a certificate for the names {hosts:?}")]
    Hosts {
        /// Which names.
        hosts: Vec<String>,
        /// Why.
        #[source]
        source: rcgen::Error,
    },
    /// Key and chain do not belong together, or are of a kind that is not supported.
    #[error("the key {key} does not fit the certificate {chain}")]
    Mismatch {
        /// The key.
        key: PathBuf,
        /// The chain.
        chain: PathBuf,
        /// Why.
        #[source]
        source: rustls::Error,
    },
}

/// What is remembered of the server certificate, so that it need not be parsed.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    hosts: Vec<String>,
    until: Timestamp,
    authority: Digest,
}

impl Identity {
    /// Loads the chain that was given, or that was made in the folder `dir`; makes what is missing,
    /// about to end, or not made for `hosts` and this machine's own names.
    pub fn load_or_make(
        dir: &Path,
        hosts: &[String],
        given: Option<&Given>,
        now: Timestamp,
    ) -> Result<Self, IdentityError> {
        match given {
            Some(given) => Self::load(&given.chain, &given.key),
            None => Self::own(dir, names(hosts), now),
        }
    }

    /// Returns the SHA-256 of the certificate that ends the chain: what invites carry.
    #[must_use]
    pub fn pin(&self) -> Digest {
        digest(self.chain.last().expect("a chain has at least one certificate"))
    }

    /// Returns the PEM file of the chain, server first.
    #[must_use]
    pub fn chain_path(&self) -> &Path {
        &self.chain_path
    }

    /// Returns the PEM file of the key.
    #[must_use]
    pub fn key_path(&self) -> &Path {
        &self.key_path
    }

    /// Returns what a listener needs for HTTPS.
    ///
    /// The chain that it shows includes the authority's own certificate, which usual servers leave
    /// out: agents know nothing of it but the pin, and find it there.
    #[must_use]
    pub fn server_config(&self) -> Arc<ServerConfig> {
        self.config(&[b"h2", b"http/1.1"])
    }

    /// Returns what a listener needs for MQTT.
    #[must_use]
    pub fn mqtt_config(&self) -> Arc<ServerConfig> {
        self.config(&[])
    }

    fn config(&self, protocols: &[&[u8]]) -> Arc<ServerConfig> {
        let mut config = self.check().expect("chain and key were checked when they were loaded");
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Arc::new(config)
    }

    fn check(&self) -> Result<ServerConfig, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), self.key.clone_key())
    }

    fn load(chain_path: &Path, key_path: &Path) -> Result<Self, IdentityError> {
        let chain = CertificateDer::pem_slice_iter(&read(chain_path)?)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|source| not_pem(chain_path, "certificate chain", source))?;
        if chain.is_empty() {
            return Err(IdentityError::Empty { path: chain_path.to_owned() });
        }
        let key = PrivateKeyDer::from_pem_slice(&read(key_path)?)
            .map_err(|source| not_pem(key_path, "private key", source))?;
        let identity =
            Self { chain, key, chain_path: chain_path.to_owned(), key_path: key_path.to_owned() };
        match identity.check() {
            Ok(_) => Ok(identity),
            Err(source) => Err(IdentityError::Mismatch {
                key: key_path.to_owned(),
                chain: chain_path.to_owned(),
                source,
            }),
        }
    }

    fn own(dir: &Path, hosts: Vec<String>, now: Timestamp) -> Result<Self, IdentityError> {
        fs::create_dir_all(dir).map_err(|source| at(dir, source))?;
        let authority = Authority::load_or_make(dir, now)?;
        let (chain, key) = (dir.join("server.pem"), dir.join("server.key"));
        let made = dir.join("server.json");
        let good = read(&made).ok().and_then(|json| serde_json::from_slice::<Made>(&json).ok());
        let good = good.is_some_and(|made| {
            made.hosts == hosts
                && now + REMADE_BEFORE_END < made.until
                && made.authority == authority.digest
        });
        if good && let Ok(identity) = Self::load(&chain, &key) {
            return Ok(identity);
        }
        let (chain_pem, key_pem) = authority.sign_server(&hosts, now)?;
        // The note comes last: without it, all is made again.
        write(&key, key_pem.as_bytes())?;
        write(&chain, chain_pem.as_bytes())?;
        let note = Made { hosts, until: now + SERVER_VALID_FOR, authority: authority.digest };
        write(&made, &serde_json::to_vec(&note).expect("names and numbers are JSON"))?;
        Self::load(&chain, &key)
    }
}

/// Our own certificate authority.
struct Authority {
    pem: String,
    digest: Digest,
    key: KeyPair,
}

impl Authority {
    /// Never makes a second one beside a file of the first: that would shut all agents out.
    fn load_or_make(dir: &Path, now: Timestamp) -> Result<Self, IdentityError> {
        let (pem_path, key_path) = (dir.join("ca.pem"), dir.join("ca.key"));
        if !pem_path.exists() && !key_path.exists() {
            let key = KeyPair::generate().expect("ring makes P-256 keys");
            let certificate =
                authority_params(now).self_signed(&key).expect("our own parameters can be signed");
            write(&key_path, key.serialize_pem().as_bytes())?;
            write(&pem_path, certificate.pem().as_bytes())?;
        }
        let pem = read(&pem_path)?;
        let der = CertificateDer::from_pem_slice(&pem)
            .map_err(|source| not_pem(&pem_path, "certificate", source))?;
        let key = String::from_utf8_lossy(&read(&key_path)?).into_owned();
        let key = KeyPair::from_pem(&key)
            .map_err(|source| IdentityError::AuthorityKey { path: key_path, source })?;
        Ok(Self { pem: String::from_utf8_lossy(&pem).into_owned(), digest: digest(&der), key })
    }

    fn sign_server(
        &self,
        hosts: &[String],
        now: Timestamp,
    ) -> Result<(String, String), IdentityError> {
        let key = KeyPair::generate().expect("ring makes P-256 keys");
        let signed = CertificateParams::new(hosts).and_then(|mut params| {
            params.distinguished_name = common_name("visorfarm coordinator");
            params.use_authority_key_identifier_extension = true;
            params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            set_times(&mut params, now, SERVER_VALID_FOR);
            // Of the authority's parameters only its name and key reach what it signs.
            params.signed_by(&key, &Issuer::from_params(&authority_params(now), &self.key))
        });
        match signed {
            Ok(server) => Ok((format!("{}{}", server.pem(), self.pem), key.serialize_pem())),
            Err(source) => Err(IdentityError::Hosts { hosts: hosts.to_vec(), source }),
        }
    }
}

fn authority_params(now: Timestamp) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = common_name("visorfarm authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_times(&mut params, now, AUTHORITY_VALID_FOR);
    params
}

fn common_name(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

fn set_times(params: &mut CertificateParams, now: Timestamp, valid_for: Duration) {
    let epoch = date_time_ymd(1970, 1, 1);
    params.not_before = epoch + Duration::from_millis((now - BEGINS_BEFORE).0);
    params.not_after = epoch + Duration::from_millis((now + valid_for).0);
}

/// Returns the names that the certificate is made for.
fn names(hosts: &[String]) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    // Where there is no such file, the machine's name must be among `hosts`.
    if let Ok(text) = fs::read_to_string("/proc/sys/kernel/hostname") {
        let machine = text.trim().to_lowercase();
        if !machine.is_empty() && machine.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-') {
            names.extend([format!("{machine}.local"), machine]);
        }
    }
    names.extend(hosts.iter().map(|host| host.trim_matches(['[', ']']).to_lowercase()));
    names.sort();
    names.dedup();
    names
}

fn digest(certificate: &CertificateDer<'_>) -> Digest {
    Digest(sha2::Sha256::digest(certificate).into())
}

fn read(path: &Path) -> Result<Vec<u8>, IdentityError> {
    fs::read(path).map_err(|source| at(path, source))
}

/// Writes a file that only its owner reads, whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), IdentityError> {
    let fresh = path.with_extension("new");
    let written = private_file(&fresh).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    });
    written.map_err(|source| at(path, source))
}

fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn at(path: &Path, source: io::Error) -> IdentityError {
    IdentityError::File { path: path.to_owned(), source }
}

fn not_pem(
    path: &Path,
    what: &'static str,
    source: rustls::pki_types::pem::Error,
) -> IdentityError {
    IdentityError::Pem { path: path.to_owned(), what, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_774_310_400_000);

    fn make(dir: &Path, hosts: &[&str], now: Timestamp) -> Identity {
        let hosts: Vec<_> = hosts.iter().map(|host| (*host).to_owned()).collect();
        Identity::load_or_make(dir, &hosts, None, now).unwrap()
    }

    #[test]
    fn a_restart_shows_the_same_certificate() {
        let dir = tempfile::tempdir().unwrap();
        let first = make(dir.path(), &[], NOW);
        assert_eq!(first.chain.len(), 2, "the authority is in the chain");
        let again = make(dir.path(), &[], NOW);
        assert_eq!((again.pin(), &again.chain), (first.pin(), &first.chain));
    }

    #[test]
    fn another_name_or_the_end_in_sight_make_another_certificate_under_the_same_pin() {
        let dir = tempfile::tempdir().unwrap();
        let mut seen = vec![make(dir.path(), &[], NOW)];
        seen.push(make(dir.path(), &["farm.example"], NOW));
        let late = NOW + SERVER_VALID_FOR - REMADE_BEFORE_END;
        seen.push(make(dir.path(), &["farm.example"], late));
        for pair in seen.windows(2) {
            assert_eq!(pair[0].pin(), pair[1].pin());
            assert_ne!(pair[0].chain[0], pair[1].chain[0]);
        }
    }

    #[test]
    fn a_server_key_that_was_lost_or_cut_short_is_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let first = make(dir.path(), &[], NOW);
        fs::write(dir.path().join("server.key"), "-----BEGIN").unwrap();
        let again = make(dir.path(), &[], NOW);
        assert_eq!(again.pin(), first.pin());
        assert_ne!(again.chain[0], first.chain[0]);
    }

    #[test]
    fn an_authority_that_was_half_lost_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path(), &[], NOW);
        fs::remove_file(dir.path().join("ca.key")).unwrap();
        let refused = Identity::load_or_make(dir.path(), &[], None, NOW);
        assert!(matches!(refused, Err(IdentityError::File { .. })));
    }

    #[test]
    fn a_given_chain_is_pinned_by_its_end_and_must_fit_its_key() {
        let dir = tempfile::tempdir().unwrap();
        let own = make(dir.path(), &[], NOW);
        let other = tempfile::tempdir().unwrap();
        let foreign = make(other.path(), &[], NOW);
        let given = |key: &Identity| Given {
            chain: own.chain_path().to_owned(),
            key: key.key_path().to_owned(),
        };
        let load = |given| Identity::load_or_make(Path::new("/nowhere"), &[], Some(&given), NOW);
        assert_eq!(load(given(&own)).unwrap().pin(), own.pin());
        assert!(matches!(load(given(&foreign)), Err(IdentityError::Mismatch { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn keys_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        make(dir.path(), &[], NOW);
        for file in ["ca.key", "server.key"] {
            let mode = fs::metadata(dir.path().join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
    }
}
