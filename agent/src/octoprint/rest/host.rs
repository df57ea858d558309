//! The machine an OctoPrint runs on, before anybody shows a key to it.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Url, redirect, retry};

use super::address::{Address, Resolver, Scheme, UrlRefused};
use super::http::ANSWER_WITHIN;
use crate::trust;

/// A connection that is not made by then is not made.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// An address and the connections to it, shared by clones.
#[derive(Clone, Debug)]
pub(in crate::octoprint) struct Host {
    http: Client,
    address: Address,
}

impl Host {
    pub(in crate::octoprint) fn new(base_url: &str) -> Result<Self, UrlRefused> {
        let address = Address::parse(base_url)?;
        let builder = match address.scheme() {
            // The machine's list of authorities, which nobody asks here, would stay in memory.
            Scheme::Plain => Client::builder().tls_backend_preconfigured(trust::nobody()),
            Scheme::Encrypted => Client::builder(),
        };
        let http = builder
            .connect_timeout(CONNECT_WITHIN)
            // A kept connection that OctoPrint has just closed would leave a command unsure.
            .pool_max_idle_per_host(0)
            .dns_resolver(Resolver)
            .http1_only()
            // OctoPrint is on this side of any proxy.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .build()
            .map_err(|source| UrlRefused::Client { source })?;
        Ok(Self { http, address })
    }

    /// Returns a request with the usual time limit.
    pub(in crate::octoprint) fn request<'a>(
        &self,
        method: Method,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> RequestBuilder {
        self.http.request(method, self.url(segments)).timeout(ANSWER_WITHIN)
    }

    /// Returns a question to another server, which is shown no key.
    pub(super) fn other(&self, url: Url) -> RequestBuilder {
        self.http.get(url).timeout(ANSWER_WITHIN)
    }

    pub(in crate::octoprint) fn url<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        self.address.join(segments)
    }
}
