//! Permissions put into the areas of the product that they are about, by their names alone: the cluster
//! lists names and descriptions (reference, "List all permissions").

use std::collections::BTreeMap;

/// What a permission is about, in the order of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Area {
    Users,
    Roles,
    Groups,
    Saml,
    PasswordPolicy,
    SignIn,
    Packages,
    Insight,
    Workbench,
    Agent,
    Others,
}

impl Area {
    /// The area's name on the screen.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Users => "Users",
            Self::Roles => "Roles",
            Self::Groups => "Groups",
            Self::Saml => "SAML",
            Self::PasswordPolicy => "Password policy",
            Self::SignIn => "Sign-in and tokens",
            Self::Packages => "Packages and certificates",
            Self::Insight => "Insight",
            Self::Workbench => "Policy Workbench",
            Self::Agent => "Protegrity Agent",
            Self::Others => "Others",
        }
    }

    /// What the permission of this name is about. A name of an area of its own goes there before its words
    /// are looked at: the workbench has packages and certificates too.
    pub(super) fn of(permission: &str) -> Self {
        const BEGINNINGS: [(&str, Area); 9] = [
            ("workbench_", Area::Workbench),
            ("proagent_", Area::Agent),
            ("user_", Area::Users),
            ("role_", Area::Roles),
            ("group_", Area::Groups),
            ("saml_", Area::Saml),
            ("password_policy_", Area::PasswordPolicy),
            ("insight_", Area::Insight),
            ("web_", Area::SignIn),
        ];
        const WORDS: [(&str, Area); 4] = [
            ("package", Area::Packages),
            ("certificate", Area::Packages),
            ("token", Area::SignIn),
            ("cli", Area::SignIn),
        ];
        let begins = BEGINNINGS
            .iter()
            .find(|(beginning, _)| permission.starts_with(beginning));
        let holds = || {
            WORDS.iter().find(|(word, _)| {
                permission
                    .split('_')
                    .any(|part| part.trim_end_matches('s') == *word)
            })
        };
        begins.or_else(holds).map_or(Self::Others, |(_, area)| *area)
    }
}

/// Rows about permissions in the order of the areas, each area in the order in which the rows came.
pub(super) fn by_area<T>(
    rows: impl IntoIterator<Item = T>,
    name: impl Fn(&T) -> &str,
) -> BTreeMap<Area, Vec<T>> {
    let mut areas = BTreeMap::<_, Vec<T>>::new();
    for row in rows {
        areas.entry(Area::of(name(&row))).or_default().push(row);
    }
    areas
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protegrity::permissions as known;

    use super::*;

    #[test]
    fn every_documented_permission_has_an_area() {
        let check = |name: &str, area: Area| assert_eq!(Area::of(name), area, "{name}");
        check(known::USER_MANAGER_ADMIN, Area::Users);
        check(known::ROLE_VIEWER, Area::Roles);
        check(known::GROUP_ADMIN, Area::Groups);
        check(known::SAML_VIEWER, Area::Saml);
        check(known::PASSWORD_POLICY_ADMIN, Area::PasswordPolicy);
        check(known::CAN_CREATE_TOKEN, Area::SignIn);
        check(known::WEB_ADMIN, Area::SignIn);
        check(known::CLI_ACCESS, Area::SignIn);
        check(known::CAN_FETCH_PACKAGE, Area::Packages);
        check(known::CAN_EXPORT_CERTIFICATES, Area::Packages);
        check(known::INSIGHT_ADMIN, Area::Insight);
        check(known::WORKBENCH_CERTIFICATE_EXPORT, Area::Workbench);
        check("proagent_ui_permission", Area::Agent);
        check("perm1", Area::Others);
        for name in known::KNOWN {
            assert_ne!(Area::of(name), Area::Others, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_permission_is_lost_on_the_way_to_its_area(names in proptest::collection::vec("[a-z_]{0,20}", 0..20)) {
            let mut grouped: Vec<_> = by_area(names.clone(), |name| name).into_values().flatten().collect();
            let mut names = names;
            names.sort();
            grouped.sort();
            prop_assert_eq!(grouped, names);
        }
    }
}
