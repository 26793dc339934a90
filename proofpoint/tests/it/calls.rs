//! Every call of the crate, by method and path: the list grows with a reason only. What must never be exposed is not in
//! it (notes section 5.2, rule 9).

use std::{collections::BTreeSet, fs, path::Path};

const CALLS: &[&str] = &[
    "DELETE /orgs/{domain}/domains/{name}",
    "DELETE /orgs/{domain}/sender-lists",
    "DELETE /orgs/{domain}/settings/azure/exemptions/{user}",
    "DELETE /orgs/{domain}/users/{user}",
    "DELETE /orgs/{domain}/users/{user}/sender-lists",
    "GET /billing/{domain}",
    "GET /billing/{domain}/orgs",
    "GET /endpoints/{domain}",
    "GET /me",
    "GET /orgs/{domain}",
    "GET /orgs/{domain}/authentication/settings/idps",
    "GET /orgs/{domain}/authentication/settings/login",
    "GET /orgs/{domain}/authentication/settings/mfa",
    "GET /orgs/{domain}/domains",
    "GET /orgs/{domain}/domains/{name}",
    "GET /orgs/{domain}/domains/{name}/verification-code",
    "GET /orgs/{domain}/features",
    "GET /orgs/{domain}/licensing",
    "GET /orgs/{domain}/orgs",
    "GET /orgs/{domain}/products",
    "GET /orgs/{domain}/products/{label}",
    "GET /orgs/{domain}/sender-lists",
    "GET /orgs/{domain}/settings/azure",
    "GET /orgs/{domain}/settings/azure/exemptions",
    "GET /orgs/{domain}/users",
    "GET /orgs/{domain}/users/{user}",
    "GET /orgs/{domain}/users/{user}/sender-lists",
    "GET /reporting/{domain}/{period}",
    "GET /reporting/{domain}/{period}/{direction}",
    "GET /stats/{domain}/partner",
    "GET /stats/{domain}/partner/orgs",
    "PATCH /orgs/{domain}/sender-lists",
    "PATCH /orgs/{domain}/users/{user}/sender-lists",
    "POST /orgs/{domain}/domains",
    "POST /orgs/{domain}/sender-lists",
    "POST /orgs/{domain}/users",
    "POST /orgs/{domain}/users/{user}/sender-lists",
    "PUT /orgs/{domain}/domains/{name}",
    "PUT /orgs/{domain}/domains/{name}/verify/{method}",
    "PUT /orgs/{domain}/features",
    "PUT /orgs/{domain}/licensing",
    "PUT /orgs/{domain}/package",
    "PUT /orgs/{domain}/settings/azure",
    "PUT /orgs/{domain}/settings/azure/exemptions",
    "PUT /orgs/{domain}/users/{user}",
];

#[test]
fn the_crate_has_these_calls_and_no_others() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/client");
    let mut found = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let source = fs::read_to_string(file.unwrap().path()).unwrap();
        let calls = source.split("endpoint(\"").skip(1);
        found.extend(calls.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
    let expected: BTreeSet<String> = CALLS.iter().map(|call| (*call).to_owned()).collect();
    assert_eq!(found, expected);
    for forbidden in ["/token", "/dkim", "DELETE /orgs/{domain}\n", "password", "ldap"] {
        let calls = format!("{}\n", CALLS.join("\n"));
        assert!(!calls.contains(forbidden), "{forbidden}");
    }
}
