//! On which instance an organisation is: `GET /endpoints/{domain}` (notes section 1.3).

use serde_json::Value;
use upstream::{Answer, Endpoint, Error, lenient};

use super::{Authorized, endpoint, path::segment};
use crate::{DomainName, HostError, Instance, TrustedHosts, trusted_hosts::host};

/// What an answer names: an instance, or a text that leads to none with the reason.
type Named = Result<Instance, (String, HostError)>;

impl Authorized {
    /// The instances where the organisation of a domain is, in the answer's order; none where the answer is empty. Any
    /// instance may be asked. In some cases there is more than one.
    ///
    /// # Errors
    /// [`UntrustedHost`](upstream::ErrorKind::UntrustedHost) where the answer names hosts, but none of
    /// [`TrustedHosts`].
    pub async fn endpoints(&self, domain: &DomainName) -> Result<Vec<Instance>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /endpoints/{domain}");
        let path = format!("/endpoints/{}", segment(ENDPOINT, domain)?);
        let answer = self.get(ENDPOINT, path).await?;
        if answer.is_empty() {
            return Ok(Vec::new());
        }
        let named = instances(answer.item("")?, &self.client.shared.trusted)
            .ok_or_else(|| answer.unreadable("the answer is no list of endpoints"))?;
        let mut trusted = Vec::new();
        let mut refused = None;
        for name in named {
            match name {
                Ok(instance) if !trusted.contains(&instance) => trusted.push(instance),
                Ok(_) => {}
                Err(untrusted) => refused = refused.or(Some(untrusted)),
            }
        }
        match refused {
            Some((text, why)) if trusted.is_empty() => {
                Err(answer.untrusted_host(&cause(&answer, &text, why)))
            }
            _ => Ok(trusted),
        }
    }
}

/// What the answer names, in any of its shapes: a list or a single one, bare or in `endpoints`; each a text, or an
/// object with the text in one of its members. `None` where the answer is of another shape.
pub(super) fn instances(answer: Value, trusted: &TrustedHosts) -> Option<Vec<Named>> {
    let list = match answer {
        Value::Object(mut fields) => fields.remove("endpoints")?,
        value => value,
    };
    let entries = match list {
        Value::Array(entries) => entries,
        text @ Value::String(_) => vec![text],
        Value::Null => Vec::new(),
        _ => return None,
    };
    Some(
        entries
            .into_iter()
            .map(|entry| instance(entry, trusted))
            .collect(),
    )
}

fn instance(entry: Value, trusted: &TrustedHosts) -> Named {
    let texts: Vec<String> = match entry {
        Value::Object(fields) => fields
            .into_iter()
            .filter_map(|(_, value)| lenient::into_text(value))
            .collect(),
        value => lenient::into_text(value).into_iter().collect(),
    };
    let mut refused = None;
    for text in texts {
        match trusted.resolve(&text) {
            Ok(instance) => return Ok(instance),
            // A host that is not trusted says more than a text that is none.
            Err(HostError::Untrusted) => refused = Some((text, HostError::Untrusted)),
            Err(why) => refused = refused.or(Some((text, why))),
        }
    }
    Err(refused.unwrap_or((String::new(), HostError::Malformed)))
}

/// What the log says. It names the host where the text is one, unless what was sent stands in it.
fn cause(answer: &Answer, text: &str, why: HostError) -> String {
    let repeats_a_secret = answer.redacted(Some(text.to_owned())).as_deref() != Some(text);
    match host(text) {
        Ok(host) if !repeats_a_secret => format!("the answer names {host}: {why}"),
        _ => format!("the answer names a host: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Stack;

    #[allow(clippy::needless_pass_by_value, reason = "callers hand over a fresh `json!`")]
    #[track_caller]
    fn check(answer: Value, expected: Option<&[Result<Stack, HostError>]>) {
        let named = instances(answer.clone(), &TrustedHosts::default());
        let named = named.map(|named| {
            named
                .into_iter()
                .map(|name| name.map_err(|(_, why)| why))
                .collect::<Vec<_>>()
        });
        let expected = expected.map(|expected| {
            let instances = expected.iter().map(|name| name.map(Instance::Stack));
            instances.collect::<Vec<_>>()
        });
        assert_eq!(named, expected, "{answer}");
    }

    #[test]
    fn every_shape_of_the_answer() {
        use HostError::{Malformed, Untrusted};
        let us3 = "https://us3.proofpointessentials.com";
        check(
            json!([us3, "us1", "EU1.proofpointessentials.com"]),
            Some(&[Ok(Stack::Us3), Ok(Stack::Us1), Ok(Stack::Eu1)]),
        );
        check(
            json!({"endpoints": [format!("{us3}/api/v1")]}),
            Some(&[Ok(Stack::Us3)]),
        );
        check(json!({"endpoints": us3}), Some(&[Ok(Stack::Us3)]));
        check(json!(us3), Some(&[Ok(Stack::Us3)]));
        check(
            json!([{"domain": "example.com", "base_url": us3, "id": 7}]),
            Some(&[Ok(Stack::Us3)]),
        );
        check(
            json!([{"url": "https://evil.example"}, {}, 7, null]),
            Some(&[Err(Untrusted), Err(Malformed), Err(Malformed), Err(Malformed)]),
        );
        check(json!([]), Some(&[]));
        check(json!({"endpoints": null}), Some(&[]));
        check(json!({"message": "no"}), None);
        check(json!(7), None);
    }
}
