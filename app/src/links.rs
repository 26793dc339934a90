//! The addresses of pages about one object.

use operations::entra::{Candidate, ObjectKind};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use proofpoint::{DomainName, EmailAddress, Instance, OrganizationId};
use protegrity::{
    Alias, EntraGroup, GroupId, RoleName, UserId,
    pim::{DataElementUid, DataStoreUid, PolicyUid, RoleUid, RuleUid},
};
use url::form_urlencoded::Serializer;

/// All but RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Segments that are pages of their own beside those about one object: `/roles/new`.
const PAGES: [&str; 6] = ["new", "compare", "many", "import", "edit", "password"];

/// The address of one thing below a page: the only place where a segment is encoded.
///
/// The router compares addresses as they are sent: the first letter of an object that is named like a page is encoded,
/// so that the address is the object's.
pub fn child_path(parent: &str, segment: &str) -> String {
    if PAGES.contains(&segment) {
        return format!("{parent}/%{:02X}{}", segment.as_bytes()[0], &segment[1..]);
    }
    format!("{parent}/{}", utf8_percent_encode(segment, SEGMENT))
}

/// A user's page.
pub fn user(id: &UserId) -> String {
    child_path("/users", id.as_str())
}

/// The list of users, searched for this name.
pub fn user_search(name: &str) -> String {
    let query: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("/users?q={query}")
}

/// A group's page.
pub fn group(id: &GroupId) -> String {
    child_path("/groups", id.as_str())
}

/// A role's page.
pub fn role(name: &RoleName) -> String {
    child_path("/roles", name.as_str())
}

/// The page that compares a role with another one.
pub fn compare_role(name: &RoleName) -> String {
    with_query("/roles/compare", "a", name.as_str())
}

/// The access review of the users who have a role.
pub fn access_by_role(name: &RoleName) -> String {
    with_query("/access", "role", name.as_str())
}

/// The access review of the users who have a permission.
pub fn access_by_permission(name: &str) -> String {
    with_query("/access", "permission", name)
}

/// A SAML provider's page.
pub fn saml_provider(alias: &Alias) -> String {
    child_path("/saml", alias.as_str())
}

/// A job's page.
pub fn job(id: &operations::jobs::JobId) -> String {
    child_path("/jobs", id.as_str())
}

/// The page that finds a person.
pub const PEOPLE: &str = "/people";

/// The guide for a person who leaves.
pub const LEAVER: &str = "/people/leaver";

/// The guide for a person who starts.
pub const STARTER: &str = "/people/starter";

/// A person's page, by an address or a user name.
pub fn person(key: &str) -> String {
    with_query(PEOPLE, "email", key)
}

/// The guide for this person, who leaves.
pub fn leaver(key: &str) -> String {
    with_query(LEAVER, "email", key)
}

/// A form that is a page of its own, with the values of a change that waits for its review.
pub fn change_again(form: &str, change: &str) -> String {
    with_query(form, "change", change)
}

/// The page of a deployment that is over; its id is that of its job.
pub fn deployment(id: &operations::jobs::JobId) -> String {
    child_path("/deployments", id.as_str())
}

/// The page of a request for approval.
pub fn approval(id: &operations::jobs::JobId) -> String {
    child_path("/approvals", id.as_str())
}

/// The form that brings back what a deployment deployed, or what was there before it.
pub fn deploy_again(id: &operations::jobs::JobId, before: bool) -> String {
    let moment = if before { "before" } else { "after" };
    format!("/deployments/new?from={id}&moment={moment}")
}

/// A policy's page.
pub fn policy(uid: &PolicyUid) -> String {
    child_path("/policy/policies", uid.as_str())
}

/// The picture of the policies.
pub const PICTURE: &str = "/policy/picture";

/// The picture of one policy.
pub fn picture_of(uid: &PolicyUid) -> String {
    with_query(PICTURE, "policy", uid.as_str())
}

/// A rule of a policy.
pub fn rule(policy: &PolicyUid, uid: &RuleUid) -> String {
    child_path(&format!("{}/rules", self::policy(policy)), uid.as_str())
}

/// The form that adds rules to a policy, with this role and this data element ticked.
pub fn new_rule(policy: &PolicyUid, role: Option<&RoleUid>, element: Option<&DataElementUid>) -> String {
    let role = role.map(|uid| ("role", uid.as_str()));
    let element = element.map(|uid| ("element", uid.as_str()));
    let pairs: Vec<_> = role.into_iter().chain(element).collect();
    let form = format!("{}/rules/new", self::policy(policy));
    if pairs.is_empty() {
        return form;
    }
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{form}?{query}")
}

/// Who sees a data element in clear, and where.
pub fn who_sees(element: &DataElementUid) -> String {
    let page = with_query("/policy/access", "element", element.as_str());
    format!("{page}&sight=clear")
}

/// The page of a group in Entra ID. Its name travels along, because it can only be found by its name.
pub fn entra_group(group: &EntraGroup) -> String {
    let name = group.display_name.as_deref().unwrap_or_default();
    let query = Serializer::new(String::new()).append_pair("name", name).finish();
    format!("{}?{query}", child_path("/entra/groups", &group.id))
}

/// The form of an import from Entra ID, with this row selected.
pub fn entra_import(kind: ObjectKind, selected: Option<&Candidate>) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("what", kind.name());
    if let Some(selected) = selected {
        query.append_pair("pick", &selected.value());
    }
    format!("/entra/import?{}", query.finish())
}

/// The page of an organisation at Proofpoint, named by any of its domains.
pub fn mail_organization(domain: &DomainName) -> String {
    child_path("/proofpoint/orgs", domain.as_str())
}

/// The seats and the package of an organisation at Proofpoint.
pub fn mail_licensing(organization: &DomainName) -> String {
    format!("{}/licensing", mail_organization(organization))
}

/// The form that adds a domain to an organisation at Proofpoint.
pub fn new_mail_domain(organization: &DomainName) -> String {
    format!("{}/domains/new", mail_organization(organization))
}

/// A domain of an organisation at Proofpoint.
pub fn mail_domain(organization: &DomainName, name: &DomainName) -> String {
    child_path(
        &format!("{}/domains", mail_organization(organization)),
        name.as_str(),
    )
}

/// The page of an organisation in Proofpoint's own console. The host is one that the portal trusts; nothing for an id
/// that is no number, as every documented one is.
pub fn proofpoint_console(instance: &Instance, id: &OrganizationId) -> Option<String> {
    let id = id.as_str();
    let is_number = !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("https://{}/i/{id}/dashboard", instance.host()))
}

/// The features of an organisation of Proofpoint.
pub fn mail_features(organization: &DomainName) -> String {
    format!("{}/features", mail_organization(organization))
}

/// The sender lists of an organisation of Proofpoint.
pub fn mail_senders(domain: &DomainName) -> String {
    format!("{}/senders", mail_organization(domain))
}

/// The users of an organisation of Proofpoint Essentials.
pub fn mail_users(domain: &DomainName) -> String {
    format!("{}/users", mail_organization(domain))
}

/// The same as a file.
pub fn mail_users_file(domain: &DomainName) -> String {
    with_query("/export/proofpoint-users.csv", "domain", domain.as_str())
}

/// What deserves attention in an organisation of Proofpoint Essentials.
pub fn mail_findings(domain: &DomainName) -> String {
    with_query("/proofpoint/findings", "domain", domain.as_str())
}

/// A user of an organisation of Proofpoint Essentials.
pub fn mail_user(domain: &DomainName, email: &EmailAddress) -> String {
    child_path(&mail_users(domain), email.as_str())
}

/// The page that shows what a change of what is at this address does, before it is saved.
pub fn review(page: &str, change: &str) -> String {
    with_query(&format!("{page}/review"), "change", change)
}

/// The page that edits what is at this address, with the values of a change that waits for its review.
pub fn edit_again(page: &str, change: &str) -> String {
    change_again(&edit(page), change)
}

/// The form of a deployment, with this data store ticked.
pub fn deploy_to(store: &DataStoreUid) -> String {
    with_query("/deployments/new", "store", store.as_str())
}

/// The form of a deployment, with the values of one that waits for its review.
pub fn compose_again(change: &str) -> String {
    change_again("/deployments/new", change)
}

/// The page that edits what is at this address.
pub fn edit(page: &str) -> String {
    format!("{page}/edit")
}

fn with_query(page: &str, name: &str, value: &str) -> String {
    format!("{page}?{name}={}", utf8_percent_encode(value, SEGMENT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment_of_an_address() {
        let check = |name: &str, expected: &str| assert_eq!(child_path("/roles", name), expected);
        check("policy_officer", "/roles/policy_officer");
        check("a b+c/d?e#f%2e", "/roles/a%20b%2Bc%2Fd%3Fe%23f%252e");
        check("new", "/roles/%6Eew");
        check("compare", "/roles/%63ompare");
    }

    #[test]
    fn a_group_of_entra_id_has_an_address_whatever_its_id() {
        let check = |id: &str, expected: &str| {
            let group = EntraGroup {
                id: id.to_owned(),
                display_name: Some("R&D".to_owned()),
                description: None,
            };
            assert_eq!(entra_group(&group), expected);
        };
        check("7-a", "/entra/groups/7-a?name=R%26D");
        check("a/b c+d", "/entra/groups/a%2Fb%20c%2Bd?name=R%26D");
    }

    #[test]
    fn a_form_for_rules_is_asked_for_with_what_is_ticked() {
        let (policy, role, element) = ("1".into(), "a&b".into(), "7".into());
        assert_eq!(new_rule(&policy, None, None), "/policy/policies/1/rules/new");
        assert_eq!(
            new_rule(&policy, Some(&role), Some(&element)),
            "/policy/policies/1/rules/new?role=a%26b&element=7"
        );
        assert_eq!(who_sees(&element), "/policy/access?element=7&sight=clear");
    }

    #[test]
    fn the_console_is_on_a_trusted_host_alone() {
        let console = |id: &str| proofpoint_console(&proofpoint::Stack::Us3.into(), &OrganizationId::new(id));
        assert_eq!(
            console("39").as_deref(),
            Some("https://us3.proofpointessentials.com/i/39/dashboard")
        );
        for id in ["", "39/../x", "-1", "a", "39?x", "\u{0663}", &"9".repeat(21)] {
            assert_eq!(console(id), None, "{id}");
        }
    }

    #[test]
    fn a_name_is_one_value_of_a_query() {
        let link = access_by_role(&"a b&c=%41+d".into());
        assert_eq!(link, "/access?role=a%20b%26c%3D%2541%2Bd");
    }
}
