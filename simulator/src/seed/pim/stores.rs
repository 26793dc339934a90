//! The seeded data stores, export keys and trusted applications, and what is deployed.

use super::uid;
use crate::state::pim::{Application, Assignment, DataStore, ExportKey, KeyAlgorithm, Repository};

/// Name, description, whether it is the default.
const STORES: &[(&str, &str, bool)] = &[
    ("DEFAULT", "Protectors without a data store of their own", true),
    ("PROD", "Production", false),
    ("TEST", "Acceptance tests", false),
];

/// The private keys were thrown away.
const PROD_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlRzQ231SgqJg7yX1zXnO
YDVuYfI2BtVb6W20kSIu5S4rHGBNhXbRLOAR2Qe1SOG39m7ah43YjTDpbjy5XIKM
KL1fzIYqgi6SIaXpIdEjLQooCaz4PSbxXg0Y0T+VXy8iit13tGKkBmiG5WClOB4A
Bi/U7l3z/QgJj/qitRxumb+slyl/BqH83sdR1lTT/KCB3vMza7iVIp0s1uEeHTN7
f/6OOERQu4sXLXFxE5t7L6vy6xaM+Aig89q6B6U4N1XiswX9/tQT3BFqlshzuGEm
fgvK7nFD+YWuUZuVMw1JB7kwDh5tqw6jMkzuFJ3HQUfXC2tS/bFlE5kXuUJb6Kck
cQIDAQAB
-----END PUBLIC KEY-----
";
const TEST_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqebFhTEYwjXIBp+DS1ep
putuGXcJORZpmm9jtb96mXpjlX5kDa/Fv7gF1n50Rk5vTKsm0yU2VEXGoQMmw2Is
u/1X8/d95cRYqFWWWVYFNRqUqJ8H2XbIwD6Am2WW5pns+iRU/QmbU1HehGhUrnvZ
kIOxnhqMf9SpB3eTsTMKXVu5hyjK4k2g2YsGRbLgqbx/7/8grBlhGkZCDDEzK/k1
iUsyVtSsZq3nMh/cPCJ92ue1PaYOyfjA/nOsQ8fxBJoP2zEwvy/L5RIOfXDtdTer
eafOORoVPDS5cVbnGbJ2yl6oacthl5d9h+Uziatyou9IQsILHaWPWRWt9g+LEVEl
4wIDAQAB
-----END PUBLIC KEY-----
";

/// Data store, algorithm, PEM, description.
const EXPORT_KEYS: &[(&str, KeyAlgorithm, &str, &str)] = &[
    (
        "PROD",
        KeyAlgorithm::RsaOaep256,
        PROD_KEY,
        "Key service of production",
    ),
    (
        "TEST",
        KeyAlgorithm::RsaOaep512,
        TEST_KEY,
        "Key of the build pipeline",
    ),
];

/// Name, description, program, system user.
const APPLICATIONS: &[(&str, &str, &str, &str)] = &[
    (
        "BILLING",
        "Bills customers",
        "/opt/example/billing/bin/*",
        "billing",
    ),
    (
        "DATA_PLATFORM",
        "Queries of analysts",
        "spark-executor-??",
        "hive",
    ),
];

/// Data store, policies, trusted applications. The policy for research and the application of the analysts are left.
const DEPLOYED: &[(&str, &[&str], &[&str])] = &[
    ("PROD", &["CUSTOMER_DATA", "PAYMENTS"], &["BILLING"]),
    ("TEST", &["CUSTOMER_DATA"], &[]),
];

pub(super) fn add(pim: &mut Repository) {
    for (name, description, default) in STORES {
        let mut store = DataStore::new((*name).to_owned(), Some((*description).to_owned()), *default);
        for (_, algorithm, pem, description) in EXPORT_KEYS.iter().filter(|key| key.0 == *name) {
            if let Ok(key) = ExportKey::new(*algorithm, pem, Some((*description).to_owned())) {
                store.export_keys.push(key);
            }
        }
        pim.data_stores.push(store);
    }
    for (name, description, program, user) in APPLICATIONS {
        pim.applications.push(Application {
            name: (*name).to_owned(),
            description: Some((*description).to_owned()),
            program: (*program).to_owned(),
            user: (*user).to_owned(),
        });
    }
    for (store, policies, applications) in DEPLOYED {
        let assignment = Assignment {
            data_store: uid(&pim.data_stores, store),
            policies: policies.iter().map(|name| uid(&pim.policies, name)).collect(),
            applications: applications
                .iter()
                .map(|name| uid(&pim.applications, name))
                .collect(),
        };
        pim.apply(assignment);
    }
}
