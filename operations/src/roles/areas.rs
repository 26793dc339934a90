//! Permissions by the area of the product that they are about. Their names are all there is to tell it by: the cluster
//! lists names and descriptions (reference, "List all permissions").

use std::collections::BTreeMap;

/// The areas in the order of the screen: the title, how names of the area begin, and words of other names.
const AREAS: [(&str, &[&str], &[&str]); 10] = [
    ("Users", &["user_"], &[]),
    ("Roles", &["role_"], &[]),
    ("Groups", &["group_"], &[]),
    ("SAML", &["saml_"], &[]),
    ("Password policy", &["password_policy_"], &[]),
    ("Sign-in and tokens", &["web_"], &["token", "cli"]),
    ("Packages and certificates", &[], &["package", "certificate"]),
    ("Insight", &["insight_"], &[]),
    ("Policy Workbench", &["workbench_"], &[]),
    ("Protegrity Agent", &["proagent_"], &[]),
];

/// Rows about permissions by the title of their area, each area in the order in which the rows came.
pub fn by_area<T>(
    rows: impl IntoIterator<Item = T>,
    name: impl Fn(&T) -> &str,
) -> impl Iterator<Item = (&'static str, Vec<T>)> {
    let mut areas = BTreeMap::<_, Vec<T>>::new();
    for row in rows {
        areas.entry(place_of(name(&row))).or_default().push(row);
    }
    areas.into_iter().map(|(place, rows)| (title(place), rows))
}

/// The place of the permission's area, behind the last one when it has none. The beginning of the name decides before
/// its words do: the workbench has packages and certificates too.
fn place_of(permission: &str) -> usize {
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| permission.starts_with(prefix));
    let holds = |words: &[&str]| {
        let mut parts = permission.split('_').map(|part| part.trim_end_matches('s'));
        parts.any(|part| words.contains(&part))
    };
    AREAS
        .iter()
        .position(|(_, prefixes, _)| begins(prefixes))
        .or_else(|| AREAS.iter().position(|(_, _, words)| holds(words)))
        .unwrap_or(AREAS.len())
}

fn title(place: usize) -> &'static str {
    AREAS.get(place).map_or("Others", |(title, ..)| title)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protegrity::permissions as known;

    use super::*;

    #[test]
    fn every_documented_permission_has_an_area() {
        let check = |name: &str, area: &str| assert_eq!(title(place_of(name)), area, "{name}");
        check(known::USER_MANAGER_ADMIN, "Users");
        check(known::ROLE_VIEWER, "Roles");
        check(known::GROUP_ADMIN, "Groups");
        check(known::SAML_VIEWER, "SAML");
        check(known::PASSWORD_POLICY_ADMIN, "Password policy");
        check(known::CAN_CREATE_TOKEN, "Sign-in and tokens");
        check(known::WEB_ADMIN, "Sign-in and tokens");
        check(known::CLI_ACCESS, "Sign-in and tokens");
        check(known::CAN_FETCH_PACKAGE, "Packages and certificates");
        check(known::CAN_EXPORT_CERTIFICATES, "Packages and certificates");
        check(known::INSIGHT_ADMIN, "Insight");
        check(known::WORKBENCH_CERTIFICATE_EXPORT, "Policy Workbench");
        check("proagent_ui_permission", "Protegrity Agent");
        check("perm1", "Others");
        for name in known::KNOWN {
            assert_ne!(title(place_of(name)), "Others", "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_permission_is_lost_on_the_way_to_its_area(names in proptest::collection::vec("[a-z_]{0,20}", 0..20)) {
            let mut grouped: Vec<_> = by_area(names.clone(), |name| name).flat_map(|(_, names)| names).collect();
            let mut names = names;
            names.sort();
            grouped.sort();
            prop_assert_eq!(grouped, names);
        }
    }
}
