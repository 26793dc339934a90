//! Organisations: customers, and the partners that have them (notes section 2.1).

use serde::Deserialize;
use upstream::{lenient, word_type};

use crate::{DateText, Domain, DomainName, OrganizationId, Package, SenderLists, User, licensing::package};

word_type! {
    /// What kind of organisation.
    OrganizationType {
        /// A partner that sells under its own brand.
        OemPartner = "oem_partner",
        /// A partner with partners of its own.
        StrategicPartner = "strategic_partner",
        /// A partner with customers.
        Channel = "channel",
        /// A customer.
        Organization = "organization",
    }
}

/// One organisation. `None` means that the answer does not say. The fields of LDAP are not read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Organization {
    /// The `eid`; empty where the answer has none.
    #[serde(rename = "eid", deserialize_with = "lenient::text_or_empty")]
    pub id: OrganizationId,
    /// Its name.
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub name: String,
    /// The domain that stands for it.
    pub primary_domain: DomainName,
    /// Whether it is active.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_active: Option<bool>,
    /// What kind of organisation.
    #[serde(rename = "type", deserialize_with = "lenient::word")]
    pub organization_type: Option<OrganizationType>,
    /// The partner's own reference.
    #[serde(deserialize_with = "lenient::text")]
    pub external_id: Option<String>,
    /// The organisation itself, then those above it, each as `123 : 'Name'`.
    #[serde(
        rename = "organization_hierarchy",
        deserialize_with = "lenient::names_or_empty"
    )]
    pub hierarchy: Vec<String>,
    /// The package it has.
    #[serde(rename = "licensing_package", deserialize_with = "package")]
    pub package: Option<Package>,
    /// Whether the package is on trial.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_on_trial: Option<bool>,
    /// Seats bought.
    #[serde(rename = "user_licenses", deserialize_with = "lenient::integer")]
    pub licenses: Option<i64>,
    /// Seats used, by the system's own count, which differs from a count of the users in practice (notes section 3,
    /// point 8).
    #[serde(deserialize_with = "lenient::integer")]
    pub active_users: Option<i64>,
    /// When the contract is renewed.
    #[serde(rename = "when_renewal", deserialize_with = "lenient::word")]
    pub renewal: Option<DateText>,
    /// `Annual`, `Monthly` or `Not Set`.
    #[serde(deserialize_with = "lenient::text")]
    pub billing_method: Option<String>,
    /// Its first administrator.
    #[serde(deserialize_with = "lenient::readable")]
    pub admin_user: Option<User>,
    /// Its domains.
    #[serde(deserialize_with = "lenient::readable")]
    pub domains: Option<Vec<Domain>>,
    /// Servers that its mail leaves from.
    #[serde(deserialize_with = "lenient::names")]
    pub outgoing_servers: Option<Vec<String>>,
    /// The lists for all its users.
    #[serde(flatten)]
    pub senders: SenderLists,
    /// Whether users are found by the mail that comes for them.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_smtp_discovery_enabled: Option<bool>,
    /// Whether new users are written to.
    #[serde(deserialize_with = "lenient::boolean")]
    pub send_welcome_email: Option<bool>,
    /// Web site.
    #[serde(rename = "www", deserialize_with = "lenient::text")]
    pub website: Option<String>,
    /// Street.
    #[serde(deserialize_with = "lenient::text")]
    pub address: Option<String>,
    /// Postal code.
    #[serde(deserialize_with = "lenient::text")]
    pub postcode: Option<String>,
    /// State or province.
    #[serde(rename = "stateprov", deserialize_with = "lenient::text")]
    pub state: Option<String>,
    /// The country's code.
    #[serde(deserialize_with = "lenient::text")]
    pub country: Option<String>,
    /// Telephone.
    #[serde(deserialize_with = "lenient::text")]
    pub phone: Option<String>,
}

impl Organization {
    /// Whether a domain, or a number in its place, stands for this organisation in a path.
    pub fn is_named_by(&self, domain: &DomainName) -> bool {
        let domains = self.domains.iter().flatten().map(|domain| &domain.name);
        self.id.as_str() == domain.as_str()
            || domains.chain([&self.primary_domain]).any(|name| name == domain)
    }
}

/// An organisation and its children. The system answers with one list of both (notes section 7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationFamily {
    /// The organisation that was asked for; `None` where the list does not have it.
    pub own: Option<Organization>,
    /// All others of the list, in its order.
    pub children: Vec<Organization>,
}

impl OrganizationFamily {
    pub(crate) fn of(mut list: Vec<Organization>, domain: &DomainName) -> Self {
        let own = list
            .iter()
            .position(|organization| organization.is_named_by(domain));
        Self {
            own: own.map(|index| list.remove(index)),
            children: list,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_organization_is_read_whatever_the_types_are() {
        let organization: Organization = serde_json::from_value(json!({
            "eid": 39, "primary_domain": "Example.com", "user_licenses": "50", "is_active": "true", "type": "Channel",
            "licensing_package": "ultimate", "when_renewal": "2027/01/15", "domains": [{"name": "b.example"}],
            "admin_user": {"primary_email": "a@example.com", "type": "organization_admin"}, "account_template_id": null,
            "safe_list_senders": [], "ldap_url": "ldap://secret.example", "organization_hierarchy": ["39 : 'A'"],
        }))
        .expect("always read");
        assert_eq!(
            (organization.id.as_str(), organization.licenses),
            ("39", Some(50))
        );
        assert_eq!(organization.organization_type, Some(OrganizationType::Channel));
        assert_eq!(organization.package, Some(Package::Other("ultimate".to_owned())));
        assert_eq!(organization.senders.allow, Some(Vec::new()));
        assert!(!format!("{organization:?}").contains("secret.example"));
        for name in ["39", "example.COM", "B.example"] {
            assert!(
                organization.is_named_by(&DomainName::from(name.to_owned())),
                "{name}"
            );
        }
        let odd: Organization =
            serde_json::from_value(json!({"domains": "none", "admin_user": []})).expect("always read");
        assert_eq!((odd.domains, odd.admin_user), (None, None));
    }

    #[test]
    fn children_are_counted_without_their_parent() {
        let rows = json!([
            {"eid": 1, "primary_domain": "a.example"},
            {"eid": 2, "primary_domain": "partner.example", "domains": [{"name": "second.example"}]},
            {"eid": 3, "primary_domain": "b.example"},
        ]);
        for (domain, own) in [
            ("partner.example", true),
            ("SECOND.example", true),
            ("c.example", false),
        ] {
            let list: Vec<Organization> = serde_json::from_value(rows.clone()).expect("organizations");
            let family = OrganizationFamily::of(list, &DomainName::from(domain.to_owned()));
            assert_eq!(
                family.own.map(|own| own.id.as_str() == "2"),
                own.then_some(true),
                "{domain}"
            );
            assert_eq!(family.children.len(), if own { 2 } else { 3 });
        }
    }
}
