//! The groups at the start, and who is in them. No demo account is: each may do what its own roles say.

use super::people;
use crate::{
    prng::Prng,
    world::{Group, GroupKind, World},
};
use std::ops::Range;

struct Template {
    name: &'static str,
    description: &'static str,
    roles: &'static [&'static str],
    /// Of the users made by hand.
    members: &'static [&'static str],
    /// Of the made-up people, as far as there are any.
    people: Range<u32>,
}

const GROUPS: &[Template] = &[
    Template {
        name: "contractors",
        description: "Nobody at present",
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
    // More than fit on a screen.
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

/// Another generator than the users', so that neither changes the other's ids.
pub(super) fn found(world: &mut World, prng: &mut Prng) {
    for template in GROUPS {
        let (name, description) = (template.name.to_owned(), template.description.to_owned());
        let group = Group::new(prng.uuid(), name, description, GroupKind::Local);
        let id = group.id;
        world.groups.insert(group);
        world.set_group_roles(id, template.roles.iter().map(|role| (*role).to_owned()).collect());
        let members = template.members.iter().map(|name| (*name).to_owned());
        for name in members.chain(template.people.clone().map(people::username)) {
            if let Some(user) = world.directory.id_of(&name) {
                world.join(user, id);
            }
        }
    }
}
