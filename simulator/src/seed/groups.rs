//! The seeded groups with their members. No demo account is a member, so that its own roles are all it has.

use super::people;
use crate::{
    prng::Prng,
    state::{ClusterState, Group, GroupKind},
};
use std::ops::Range;

struct Template {
    name: &'static str,
    description: &'static str,
    roles: &'static [&'static str],
    /// Special users.
    members: &'static [&'static str],
    /// The indices of generated users, which may not all exist.
    people: Range<u32>,
}

const GROUPS: &[Template] = &[
    Template {
        name: "contractors",
        description: "No members at present",
        roles: &[],
        members: &[],
        people: 0..0,
    },
    Template {
        name: "developers",
        description: "Build and run the services",
        roles: &["workbench_viewer"],
        members: &[
            "alpha",
            "maximiliana-wilhelmina.von-hohenschwangau-zu-trauttmansdorff-weinsberg",
            "o.brien",
        ],
        people: 0..9,
    },
    // More members than fit on a screen.
    Template {
        name: "framework",
        description: "",
        roles: &["directory_viewer"],
        members: &["layla.haddad", "o.brien"],
        people: 20..65,
    },
    Template {
        name: "helpdesk-team",
        description: "Help people back into their accounts",
        roles: &["helpdesk_operator", "security_viewer"],
        members: &["c.okafor"],
        people: 10..14,
    },
    Template {
        name: "Prüfstelle Süd",
        description: "Prüft, was die anderen tun – <b>nur</b> lesend",
        roles: &["security_viewer"],
        members: &["layla.haddad"],
        people: 14..17,
    },
    // Written from right to left.
    Template {
        name: "فريق الأمان",
        description: "يحرس المفاتيح",
        roles: &[],
        members: &["bdrift", "layla.haddad"],
        people: 0..0,
    },
];

pub(super) fn add(state: &mut ClusterState, prng: &mut Prng) {
    for template in GROUPS {
        let (name, description) = (template.name.to_owned(), template.description.to_owned());
        let group = Group::new(prng.uuid(), name, description, GroupKind::Local);
        let id = group.id;
        state.groups.insert(group);
        state.set_group_roles(id, template.roles.iter().map(|role| (*role).to_owned()).collect());
        let members = template.members.iter().map(|name| (*name).to_owned());
        for name in members.chain(template.people.clone().map(people::username)) {
            if let Some(user) = state.directory.id_by_name(&name) {
                state.join(user, id);
            }
        }
    }
}
