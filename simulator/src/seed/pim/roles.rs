//! The seeded member sources and the roles with their members.

use super::uid;
use crate::state::pim::{
    Collection, FileConnection, Member, MemberKind, Repository, Role, RoleMode, Source, SourceKind,
};

/// Name, file of users, file of groups.
const SOURCES: &[(&str, &str, &str)] = &[
    (
        "corporate-directory",
        "/opt/example/members/users.csv",
        "/opt/example/members/groups.csv",
    ),
    (
        "service-accounts",
        "/opt/example/members/services.csv",
        "/opt/example/members/service-groups.csv",
    ),
];

struct Template {
    name: &'static str,
    description: &'static str,
    allow_all: bool,
    source: &'static str,
    kind: MemberKind,
    members: &'static [&'static str],
}

const ROLES: &[Template] = &[
    Template {
        name: "ANALYST",
        description: "Analysts of the data platform",
        allow_all: false,
        source: "corporate-directory",
        kind: MemberKind::User,
        members: &[
            "analyst.one@example.com",
            "analyst.two@example.com",
            "analyst.three@example.com",
        ],
    },
    Template {
        name: "SUPPORT",
        description: "Customer support, first and second line",
        allow_all: false,
        source: "corporate-directory",
        kind: MemberKind::Group,
        members: &["support-first-line", "support-second-line"],
    },
    Template {
        name: "ETL",
        description: "Batch jobs that load and protect data",
        allow_all: false,
        source: "service-accounts",
        kind: MemberKind::User,
        members: &["svc-load", "svc-protect"],
    },
    Template {
        name: "FRAUD_DESK",
        description: "Investigates payments",
        allow_all: false,
        source: "corporate-directory",
        kind: MemberKind::User,
        members: &["fraud.lead@example.com", "fraud.desk@example.com"],
    },
    Template {
        name: "AUDIT",
        description: "Internal audit – reads masked values",
        allow_all: false,
        source: "corporate-directory",
        kind: MemberKind::Group,
        members: &["internal-audit"],
    },
    Template {
        name: "RESEARCH",
        description: "Research on protected values",
        allow_all: false,
        source: "corporate-directory",
        kind: MemberKind::User,
        members: &["researcher@example.com"],
    },
    // The role of users without another role, who get nothing.
    Template {
        name: "UNAUTHORIZED",
        description: "Everyone else",
        allow_all: true,
        source: "",
        kind: MemberKind::User,
        members: &[],
    },
];

pub(super) fn add(pim: &mut Repository) {
    for (name, user_file, group_file) in SOURCES {
        pim.sources.push(Source {
            name: (*name).to_owned(),
            kind: SourceKind::File,
            connection: FileConnection {
                user_file: (*user_file).to_owned(),
                group_file: (*group_file).to_owned(),
            },
        });
    }
    for template in ROLES {
        let mut members = Collection::default();
        for name in template.members {
            members.push(Member {
                name: (*name).to_owned(),
                source: uid(&pim.sources, template.source),
                kind: template.kind,
            });
        }
        pim.roles.push(Role {
            name: template.name.to_owned(),
            description: Some(template.description.to_owned()),
            mode: RoleMode::Manual,
            allow_all: template.allow_all,
            members,
        });
    }
}
