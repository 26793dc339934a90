//! The customers of msp.example: one of each package, each with something to find.

use super::{add_admin, named};
use crate::{
    clock,
    proofpoint::{
        Instance,
        state::{AzureSettings, Essentials, IdentityProvider, Organization, SenderLists, Trial, certificate},
    },
    seed::people,
};

/// Where the names of the customers' users begin among the generated ones, so that they are not those of example.com.
const FIRST_PERSON: u32 = 1000;

struct Customer {
    domain: &'static str,
    name: &'static str,
    package: &'static str,
    instance: Instance,
    users: u32,
    licenses: u32,
    /// What is particular about it.
    change: fn(&mut Organization),
}

const CUSTOMERS: &[Customer] = &[
    // Without any synchronisation.
    Customer {
        domain: "bakery.example",
        name: "Example Bakery",
        package: "beginner",
        instance: Instance::Us1,
        users: 6,
        licenses: 10,
        change: |organization| organization.billing_method = "Not Set",
    },
    Customer {
        domain: "dental.example",
        name: "Example Dental Practice",
        package: "business",
        instance: Instance::Us1,
        users: 12,
        licenses: 25,
        change: |organization| {
            organization.trial = Some(Trial { days: 9 });
            organization.billing_method = "Monthly";
        },
    },
    Customer {
        domain: "law.example",
        name: "Example, Sample & Partners LLP",
        package: "business_plus",
        instance: Instance::Us3,
        users: 18,
        licenses: 20,
        change: |organization| {
            organization.renewal_days = 12;
            organization.lists = SenderLists::new(&["law.example", "court@justice.example"], &[]);
        },
    },
    // More users than licences.
    Customer {
        domain: "harbor.example",
        name: "Harbor Logistics (Example)",
        package: "advanced",
        instance: Instance::Us1,
        users: 34,
        licenses: 30,
        change: |organization| {
            organization.azure = Some(azure("harbor.example", 300, 6));
            organization.mfa.admins_only = true;
        },
    },
    // An Azure secret near its end, and a synchronisation that has not succeeded for days.
    Customer {
        domain: "clinic.example",
        name: "Clínica Ejemplo",
        package: "advanced_plus",
        instance: Instance::Us3,
        users: 22,
        licenses: 40,
        change: |organization| {
            let mut azure = azure("clinic.example", 8, 24);
            azure.last_successful_sync = format!("{} 02:00:00", clock::day(-6, '-'));
            organization.azure = Some(azure);
            organization.exemptions = vec!["reception@clinic.example".to_owned()];
        },
    },
    // Synchronisation off, no second factor, a former administrator with all rights.
    Customer {
        domain: "school.example",
        name: "École Exemple",
        package: "professional",
        instance: Instance::Us1,
        users: 40,
        licenses: 60,
        change: |organization| {
            organization.azure = Some(azure("school.example", 120, 0));
            organization.mfa.is_enabled = false;
            let former = organization.users.get("reception@school.example").cloned();
            if let Some(mut former) = former {
                former.kind = "organization_admin";
                former.is_active = false;
                organization.users.put(former);
            }
        },
    },
    // Lists that let everything in, and the same entry in the lists of several users.
    Customer {
        domain: "museum.example",
        name: "Museum of Examples",
        package: "professional_plus",
        instance: Instance::Us3,
        users: 15,
        licenses: 20,
        change: |organization| {
            organization.lists = SenderLists::new(
                &["*@gmail.com", "0.0.0.0/0", "*@museum.example", "*.example"],
                &["spam@bulk.example"],
            );
            organization.providers = vec![provider("museum.example", 15, 300)];
            organization.has_training = true;
            let users: Vec<_> = organization.users.all().step_by(4).cloned().collect();
            for mut user in users {
                user.lists = SenderLists::new(&["club.example"], &[]);
                organization.users.put(user);
            }
        },
    },
    Customer {
        domain: "closed.example",
        name: "Closed Company",
        package: "business",
        instance: Instance::Us1,
        users: 3,
        licenses: 5,
        change: |organization| organization.is_active = false,
    },
];

pub(super) fn add(state: &mut Essentials, channel: u32) {
    let mut person = FIRST_PERSON;
    for customer in CUSTOMERS {
        let eid = state.new_id();
        let mut organization = Organization::new(eid, Some(channel), customer.domain, customer.name);
        organization.instances = vec![customer.instance];
        organization.set_package(customer.package);
        organization.licenses = customer.licenses;
        organization.external_id = format!("C{eid}");
        let email = format!("admin@{}", customer.domain);
        let mut admin = named(state, &email, ("Sample", "Admin"));
        admin.kind = "organization_admin";
        add_admin(&mut organization, admin);
        for index in 1..customer.users {
            let (first, last) = people::names(person);
            let email = format!("{}@{}", people::username(person), customer.domain);
            let mut user = named(state, &email, (first.0, last.0));
            if index == 1 {
                user.kind = "silent_user";
            }
            organization.users.put(user);
            person += 1;
        }
        let mut mailbox = named(
            state,
            &format!("reception@{}", customer.domain),
            ("Reception", ""),
        );
        mailbox.kind = "functional_account";
        organization.users.put(mailbox);
        (customer.change)(&mut organization);
        state.add(organization);
    }
}

/// Settings whose secret ends in so many days, with a synchronisation each so many hours.
pub(super) fn azure(domain: &str, secret_days: i64, sync_frequency: u32) -> AzureSettings {
    AzureSettings {
        primary_domain: domain.to_owned(),
        application_id: "00000000-0000-4000-8000-000000000001".to_owned(),
        key: format!("azure-key-of-{domain}"),
        secret_expiry: clock::day(secret_days, '-'),
        last_successful_sync: format!("{} 02:00:00", clock::day(0, '-')),
        default_role: "end_user",
        sync_frequency,
        flags: [false, true, false, false, true, true, true, false, true, true],
    }
}

/// A provider whose certificate ends in so many days, and the certificate of Proofpoint Essentials for it.
pub(super) fn provider(domain: &str, days: i64, sp_days: i64) -> IdentityProvider {
    let host = format!("login.{domain}");
    IdentityProvider {
        id: format!("00000000-0000-4000-8000-{days:012}"),
        name: format!("Sign-in of {domain}"),
        description: "SAML".to_owned(),
        is_active: true,
        origin: format!("https://{host}"),
        // Valid names and dates cannot fail; without a certificate the provider is still one.
        certificate: certificate(&host, days).unwrap_or_default(),
        sp_certificate: certificate("sp.example", sp_days).unwrap_or_default(),
        sp_days,
    }
}
