//! [`TrustedHosts`]: the hosts that may receive `X-User` and `X-Password`. The set is compiled in, and the operator may
//! add exact names.
//!
//! Discovery (`GET /endpoints/{domain}`) names the next host, which then receives a reusable administrator's password.
//! The client therefore never builds an address from that answer, but looks the host up in this set (notes on the
//! reference, section 5).

use std::{collections::BTreeSet, fmt, str::FromStr, sync::Arc};

use url::{Host, Url};

/// [`TrustedHosts::resolve`] rejects longer texts without parsing them.
const MAX_ENDPOINT_BYTES: usize = 255;

/// An instance of Proofpoint Essentials. Every organisation belongs to one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stack {
    /// `us1.proofpointessentials.com`
    #[default]
    Us1,
    /// `us2.proofpointessentials.com`
    Us2,
    /// `us3.proofpointessentials.com`
    Us3,
    /// `us4.proofpointessentials.com`
    Us4,
    /// `us5.proofpointessentials.com`
    Us5,
    /// `eu1.proofpointessentials.com`
    Eu1,
}

impl Stack {
    /// Every instance.
    pub const ALL: [Self; 6] = [Self::Us1, Self::Us2, Self::Us3, Self::Us4, Self::Us5, Self::Eu1];

    /// The host name.
    pub const fn host(self) -> &'static str {
        match self {
            Self::Us1 => "us1.proofpointessentials.com",
            Self::Us2 => "us2.proofpointessentials.com",
            Self::Us3 => "us3.proofpointessentials.com",
            Self::Us4 => "us4.proofpointessentials.com",
            Self::Us5 => "us5.proofpointessentials.com",
            Self::Eu1 => "eu1.proofpointessentials.com",
        }
    }

    /// The short name: `us1`.
    pub fn name(self) -> &'static str {
        self.host().split_once('.').map_or(self.host(), |(name, _)| name)
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The error for a name that is none of the six instances.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an instance of Proofpoint Essentials: use us1 to us5 or eu1")]
pub struct UnknownStack(String);

impl FromStr for Stack {
    type Err = UnknownStack;

    fn from_str(name: &str) -> Result<Self, UnknownStack> {
        let is_named = |stack: &Self| stack.name().eq_ignore_ascii_case(name);
        Self::ALL
            .into_iter()
            .find(is_named)
            .ok_or_else(|| UnknownStack(name.to_owned()))
    }
}

/// A host that the operator added. Only [`TrustedHosts`] makes one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExtraHost(Arc<str>);

/// A host that may receive credentials. An answer can choose one, and cannot make one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Instance {
    /// One of Proofpoint's own.
    Stack(Stack),
    /// One that the operator added.
    Extra(ExtraHost),
}

impl Instance {
    /// The host name.
    pub fn host(&self) -> &str {
        match self {
            Self::Stack(stack) => stack.host(),
            Self::Extra(ExtraHost(host)) => host,
        }
    }
}

impl From<Stack> for Instance {
    fn from(stack: Stack) -> Self {
        Self::Stack(stack)
    }
}

/// The short name of Proofpoint's own, the host name of others.
impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stack(stack) => stack.fmt(f),
            Self::Extra(_) => f.write_str(self.host()),
        }
    }
}

/// The reason why an endpoint is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// The text is neither a plain host name nor a plain `https` origin.
    #[error("it is neither a plain host name nor https:// with a plain host name")]
    Malformed,
    /// The host is not in the set.
    #[error("the portal does not trust this host")]
    Untrusted,
}

/// The hosts that may receive credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedHosts {
    extra: BTreeSet<ExtraHost>,
}

impl TrustedHosts {
    /// The six instances and these additional names.
    ///
    /// # Errors
    /// The first name that is not a plain host name, but an address or a name with a port, path or wildcard.
    pub fn with_extra<'a>(extra: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let extra = extra.into_iter().map(|name| {
            let is_name = name.contains('.') && !name.contains(['/', ':']) && host(name).is_ok();
            if is_name {
                Ok(ExtraHost(name.to_ascii_lowercase().into()))
            } else {
                Err(name.to_owned())
            }
        });
        Ok(Self {
            extra: extra.collect::<Result<_, _>>()?,
        })
    }

    /// Every host of the set.
    pub fn iter(&self) -> impl Iterator<Item = Instance> {
        let stacks = Stack::ALL.into_iter().map(Instance::Stack);
        stacks.chain(self.extra.iter().cloned().map(Instance::Extra))
    }

    /// The trusted host that an answer names by a short name (`us3`), a host, or an `https` origin with at most the
    /// path `/api/v1`. The result is a member of the set, and nothing of the text is in it.
    ///
    /// # Errors
    /// [`HostError`] if the client must not connect to the host.
    pub fn resolve(&self, endpoint: &str) -> Result<Instance, HostError> {
        if let Ok(stack) = endpoint.parse::<Stack>() {
            return Ok(stack.into());
        }
        let host = host(endpoint)?;
        self.iter()
            .find(|instance| instance.host() == host)
            .ok_or(HostError::Untrusted)
    }
}

/// The host in a text, in lower case.
pub(crate) fn host(text: &str) -> Result<String, HostError> {
    let is_plain = |b: u8| b.is_ascii_graphic() && !b"\\@?#%*".contains(&b);
    if text.is_empty()
        || text.starts_with('/')
        || text.len() > MAX_ENDPOINT_BYTES
        || !text.bytes().all(is_plain)
    {
        return Err(HostError::Malformed);
    }
    let url = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let url = Url::parse(&url).map_err(|_| HostError::Malformed)?;
    let plain = url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && matches!(url.path(), "" | "/" | "/api/v1" | "/api/v1/");
    match url.host() {
        Some(Host::Domain(name)) if plain && !name.ends_with('.') && !name.contains("xn--") => {
            Ok(name.to_owned())
        }
        _ => Err(HostError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(endpoint: &str, expected: Result<&str, HostError>) {
        let resolved = TrustedHosts::default().resolve(endpoint);
        assert_eq!(
            resolved.as_ref().map(Instance::host),
            expected.as_ref().copied(),
            "for {endpoint:?}"
        );
    }

    #[test]
    fn every_spelling_of_an_instance_resolves() {
        for endpoint in [
            "us3",
            "US3",
            "us3.proofpointessentials.com",
            "https://us3.proofpointessentials.com",
            "https://US3.ProofpointEssentials.com/",
            "https://us3.proofpointessentials.com:443/api/v1",
        ] {
            check(endpoint, Ok("us3.proofpointessentials.com"));
        }
    }

    #[test]
    fn other_hosts_are_refused() {
        use HostError::{Malformed, Untrusted};
        for (endpoint, why) in [
            ("https://us1.proofpointessentials.com.evil.test", Untrusted),
            ("https://us1.proofpointessentials.com@evil.test", Malformed),
            ("https://evil.test/us1.proofpointessentials.com", Malformed),
            ("http://us1.proofpointessentials.com", Malformed),
            ("https://us1.proofpointessentials.com:8443", Malformed),
            ("https://us1.proofpointessentials.com.", Malformed),
            ("//evil.test", Malformed),
            ("https://127.0.0.1", Malformed),
            ("https://[::1]", Malformed),
            ("https:\\\\evil.test", Malformed),
            ("https://us1.proofpointessentials.com\t", Malformed),
            ("us1.proofpoint\nessentials.com", Malformed),
            ("help.proofpointessentials.com", Untrusted),
            ("us-siem.proofpointessentials.com", Untrusted),
            ("xn--us1-abc.proofpointessentials.com", Malformed),
            ("https://us1.proofpointessentials.com/?q", Malformed),
            ("https://us1.proofpointessentials.com/#x", Malformed),
            ("", Malformed),
        ] {
            check(endpoint, Err(why));
        }
    }

    #[test]
    fn the_operator_adds_exact_names_only() {
        let hosts = TrustedHosts::with_extra(["Mail.Brand.example"]).expect("a plain name");
        let added = hosts.resolve("https://mail.brand.example").expect("trusted");
        assert_eq!(added.to_string(), "mail.brand.example");
        assert!(hosts.iter().any(|instance| instance == added));
        assert_eq!(
            hosts.resolve("https://other.brand.example"),
            Err(HostError::Untrusted)
        );
        for name in [
            "*.brand.example",
            "https://brand.example",
            "brand.example:8443",
            "10.0.0.1",
            "localhost",
            "",
        ] {
            assert_eq!(TrustedHosts::with_extra([name]), Err(name.to_owned()));
        }
    }

    proptest! {
        /// Any answer resolves to a name of the set or to an error.
        #[test]
        fn results_are_members_of_the_set(endpoint in "\\PC{0,60}") {
            let hosts = TrustedHosts::default();
            if let Ok(instance) = hosts.resolve(&endpoint) {
                prop_assert!(hosts.iter().any(|member| member == instance));
            }
        }

        /// A host that contains a trusted name is not trusted.
        #[test]
        fn a_trusted_name_inside_another_is_not_trusted(before in "[a-z]{1,8}[.-]?", after in "[.-][a-z]{1,8}") {
            let endpoint = format!("https://{before}us1.proofpointessentials.com{after}");
            prop_assert!(TrustedHosts::default().resolve(&endpoint).is_err());
        }
    }
}
