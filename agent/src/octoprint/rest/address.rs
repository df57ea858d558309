//! Which addresses the agent may talk to: what a maker types, or is made to type, is not trusted.

use std::io;
use std::net::IpAddr;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Why an address or key is not used.
#[derive(Debug, thiserror::Error)]
pub enum UrlRefused {
    #[error("{text:?} is no address of an OctoPrint: write it like http://octopi.local")]
    NoUrl { text: String },
    #[error("{scheme} is not spoken here: OctoPrint's address begins with http:// or https://")]
    Scheme { scheme: String },
    #[error("the address holds a user name or password: leave them out")]
    Credentials,
    #[error("the address ends in a query or fragment: leave out everything from ? or # on")]
    Query,
    #[error(
        "{host} is not an address for an OctoPrint: it reaches into this machine's network setup"
    )]
    Forbidden { host: String },
    #[error("the key holds characters that no OctoPrint key has: copy it again")]
    Key,
    #[error("cannot prepare the connection to OctoPrint")]
    Client {
        #[source]
        source: reqwest::Error,
    },
}

/// The address of an OctoPrint, with the path below which its pages live.
#[derive(Clone, Debug)]
pub(super) struct Address(Url);

/// Whether an OctoPrint is spoken to in the clear, as most are at home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Plain,
    Encrypted,
}

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self, UrlRefused> {
        let no_url = || UrlRefused::NoUrl { text: text.chars().take(200).collect() };
        let mut url = Url::parse(text.trim()).map_err(|_| no_url())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlRefused::Scheme { scheme: url.scheme().to_owned() });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlRefused::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(UrlRefused::Query);
        }
        let host = url.host_str().ok_or_else(no_url)?;
        if is_forbidden_host(host) {
            return Err(UrlRefused::Forbidden { host: host.to_owned() });
        }
        url.path_segments_mut().map_err(|()| no_url())?.pop_if_empty();
        Ok(Self(url))
    }

    pub(super) fn scheme(&self) -> Scheme {
        if self.0.scheme() == "http" { Scheme::Plain } else { Scheme::Encrypted }
    }

    /// Returns it as a maker writes it, without a slash at its end.
    pub(super) fn written(&self) -> String {
        self.0.as_str().trim_end_matches('/').to_owned()
    }

    /// Returns the address of a resource; each segment is escaped.
    pub(super) fn join<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        url.path_segments_mut().expect("a parsed address has a path").extend(segments);
        url
    }
}

/// Returns `text` as the address that is kept, if an OctoPrint can be there.
pub fn check_address(text: &str) -> Result<String, UrlRefused> {
    Address::parse(text).map(|address| address.written())
}

fn is_forbidden_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(ip) = bare.parse() {
        return is_forbidden(ip);
    }
    let name = bare.trim_end_matches('.').to_ascii_lowercase();
    matches!(name.as_str(), "metadata" | "metadata.google.internal" | "instance-data")
}

/// Link-local addresses are where clouds keep their machines' secrets; two clouds use other ones.
fn is_forbidden(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.is_link_local() || ip.is_unspecified() || ip.octets() == [100, 100, 100, 200]
        }
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(mapped) => is_forbidden(IpAddr::V4(mapped)),
            None => {
                ip.is_unicast_link_local()
                    || ip.is_unspecified()
                    || ip.segments() == [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254]
            }
        },
    }
}

/// Resolves names as the system does, without the addresses that are forbidden.
#[derive(Debug)]
pub(super) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found.filter(|address| !is_forbidden(address.ip())).collect();
            if allowed.is_empty() {
                let host = name.as_str().to_owned();
                return Err(io::Error::other(UrlRefused::Forbidden { host }).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let told = match Address::parse(text) {
            Ok(address) => address.join(["api", "files", "a b#c?.gcode"]).to_string(),
            Err(error) => format!("{error:?}"),
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn addresses_are_joined_with_escaped_names() {
        check("http://octopi.local", "http://octopi.local/api/files/a%20b%23c%3F.gcode");
        check(
            "https://host:8443/printer/",
            "https://host:8443/printer/api/files/a%20b%23c%3F.gcode",
        );
        check(" http://[::1]:5000/ ", "http://[::1]:5000/api/files/a%20b%23c%3F.gcode");
    }

    #[test]
    fn an_address_is_kept_without_a_slash_at_its_end() {
        for (text, kept) in [
            ("http://octopi.local", "http://octopi.local"),
            ("http://localhost:5000/", "http://localhost:5000"),
            (" https://host:8443/printer// ", "https://host:8443/printer"),
        ] {
            assert_eq!(check_address(text).unwrap(), kept);
        }
    }

    #[test]
    fn other_schemes_and_hidden_parts_are_refused() {
        check("octopi.local", "NoUrl { text: \"octopi.local\" }");
        check("file:///etc/passwd", "Scheme { scheme: \"file\" }");
        check("http://me:secret@octopi.local", "Credentials");
        check("http://octopi.local/?apikey=1", "Query");
    }

    #[test]
    fn addresses_inside_the_machines_own_network_setup_are_refused() {
        for host in [
            "169.254.169.254",
            "169.254.0.7:80",
            "[fe80::1]",
            "[::ffff:169.254.169.254]",
            "[fd00:ec2::254]",
            "2852039166",
            "0.0.0.0",
            "metadata.google.internal",
            "METADATA.google.internal.",
        ] {
            let refused = Address::parse(&format!("http://{host}/"));
            assert!(matches!(refused, Err(UrlRefused::Forbidden { .. })), "{host}: {refused:?}");
        }
    }
}
