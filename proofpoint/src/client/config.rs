//! Which instances there are, and how to reach them.

use std::{collections::BTreeMap, time::Duration};

use upstream::{Config, ConfigError, Transport};
use url::{Host, Url};

use crate::{Instance, Stack, TrustedHosts};

/// Below every instance (notes section 1.2).
const API: &str = "/api/v1";

/// The settings of a [`Client`](crate::Client). An address is not among them, except the simulator's: addresses are
/// made of the names of [`TrustedHosts`].
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// The instance that is asked where an organisation is.
    pub first: Stack,
    /// The hosts that may be asked at all.
    pub trusted: TrustedHosts,
    /// For development: a simulator on this machine that stands in for every instance. It is `http` and a loopback
    /// address. `Host` then has the name of the instance that is meant.
    pub simulator: Option<Url>,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// For one call from beginning to end.
    pub timeout: Duration,
    /// For the silence between two pieces of an answer.
    pub read_timeout: Duration,
    /// Bytes. A longer answer is an error, not cut.
    pub max_body: usize,
}

impl ClientConfig {
    /// The six instances, with this one asked first: 5 s to connect, 30 s in all, 10 s of silence, and 64 MiB, as there
    /// is no paging and 50,000 users come in one answer (notes section 2.2).
    pub fn new(first: Stack) -> Self {
        Self {
            first,
            trusted: TrustedHosts::default(),
            simulator: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            read_timeout: Duration::from_secs(10),
            max_body: 64 * 1024 * 1024,
        }
    }

    pub(super) fn transports(&self) -> Result<BTreeMap<Instance, Transport>, ConfigError> {
        let (url, host) = self.address(&self.first.into())?;
        let first = Transport::new(Config {
            host,
            connect_timeout: self.connect_timeout,
            timeout: self.timeout,
            read_timeout: self.read_timeout,
            max_body: self.max_body,
            ..Config::new(url)
        })?;
        let transport = |instance: Instance| {
            let (url, host) = self.address(&instance)?;
            Ok((instance, first.at(url, host)?))
        };
        self.trusted.iter().map(transport).collect()
    }

    /// Where the calls to an instance go, and the name in `Host` where it is not that of the address.
    fn address(&self, instance: &Instance) -> Result<(Url, Option<String>), ConfigError> {
        let host = instance.host();
        let Some(simulator) = &self.simulator else {
            let url = Url::parse(&format!("https://{host}{API}")).map_err(|_| ConfigError::NotHttp)?;
            return Ok((url, None));
        };
        if !is_on_this_machine(simulator) {
            return Err(ConfigError::NotLoopback);
        }
        let mut url = simulator.clone();
        url.set_path(API);
        Ok((url, Some(host.to_owned())))
    }
}

/// Plain HTTP to a loopback address, with nothing but a port. A name is not enough: it could lead anywhere.
fn is_on_this_machine(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "http" && is_loopback && url.path() == "/"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::client::discovery::instances;

    fn with_simulator(url: &str) -> ClientConfig {
        ClientConfig {
            simulator: Some(url.parse().expect("a URL")),
            ..ClientConfig::new(Stack::Us1)
        }
    }

    #[test]
    fn addresses_are_made_of_names_of_the_set() {
        let mut config = ClientConfig::new(Stack::Us1);
        config.trusted = TrustedHosts::with_extra(["mail.brand.example"]).expect("a name");
        let addresses: Vec<String> = config
            .trusted
            .iter()
            .map(|instance| {
                let (url, host) = config.address(&instance).expect("an address");
                assert_eq!(host, None);
                url.to_string()
            })
            .collect();
        assert_eq!(addresses[2], "https://us3.proofpointessentials.com/api/v1");
        assert_eq!(addresses[6], "https://mail.brand.example/api/v1");
        assert_eq!(addresses.len(), 7);
    }

    #[test]
    fn a_simulator_is_on_this_machine_or_refused() {
        for url in [
            "http://127.0.0.1:8080",
            "http://[::1]:8080/",
            "http://localhost:1",
        ] {
            let (address, host) = with_simulator(url).address(&Stack::Eu1.into()).expect("accepted");
            assert_eq!(address.path(), "/api/v1", "{url}");
            assert_eq!(host.as_deref(), Some("eu1.proofpointessentials.com"), "{url}");
        }
        for url in [
            "https://127.0.0.1:8080",
            "http://10.0.0.1:8080",
            "http://example.com",
            "http://127.0.0.1.example.com",
            "http://127.0.0.1:8080/path",
            "file:///tmp",
        ] {
            let refused = crate::Client::new(with_simulator(url));
            assert_eq!(refused.err(), Some(ConfigError::NotLoopback), "{url}");
        }
        let refused = crate::Client::new(with_simulator("http://user:secret@127.0.0.1:8080"));
        assert_eq!(refused.err(), Some(ConfigError::CredentialsInUrl));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let host = prop_oneof![
            Just("us1.proofpointessentials.com".to_owned()),
            "[a-z0-9.@/:\\\\#?%-]{0,20}",
            "\\PC{0,20}",
        ];
        let text = (
            "(https?:)?(//)?",
            host,
            "(:[0-9]{1,5})?(/api/v1)?[.@/\\\\]?",
            "[a-z.]{0,12}",
        )
            .prop_map(|(scheme, host, rest, more)| Value::String(format!("{scheme}{host}{rest}{more}")));
        let leaf = prop_oneof![
            text,
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            Just(Value::from("us3")),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::btree_map("endpoints|url|host|[a-z]{1,4}", inner, 0..3)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Where the calls go after an answer, whatever it is: to a host of the set.
        #[test]
        fn no_answer_makes_the_client_send_anything_to_another_host(answer in any_json(), is_wrapped in any::<bool>()) {
            let answer = if is_wrapped { serde_json::json!({"endpoints": answer}) } else { answer };
            let config = ClientConfig {
                trusted: TrustedHosts::with_extra(["mail.brand.example"]).expect("a name"),
                ..ClientConfig::new(Stack::Us1)
            };
            let set: Vec<String> = config.trusted.iter().map(|instance| instance.host().to_owned()).collect();
            for instance in instances(answer, &config.trusted).into_iter().flatten().flatten() {
                let (url, host) = config.address(&instance).expect("an address");
                prop_assert!(url.host_str().is_some_and(|host| set.iter().any(|member| member == host)), "{}", url);
                prop_assert_eq!((url.scheme(), url.port(), url.path(), host), ("https", None, API, None));
            }
        }
    }
}
