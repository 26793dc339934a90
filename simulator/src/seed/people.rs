//! Generated users: any number of them, with varied names and unique user names.

use super::{created, user};
use crate::{
    prng::Prng,
    state::{NewUser, User},
};

/// A name as displayed, and as part of a user name.
pub(crate) type Name = (&'static str, &'static str);

const FIRST: &[Name] = &[
    ("Maria", "maria"),
    ("Jürgen", "juergen"),
    ("Aiko", "aiko"),
    ("Thabo", "thabo"),
    ("Priya", "priya"),
    ("Łukasz", "lukasz"),
    ("Chloé", "chloe"),
    ("Mateo", "mateo"),
    ("Ngozi", "ngozi"),
    ("Søren", "soren"),
    ("Wei", "wei"),
    ("Fatima", "fatima"),
    ("Olena", "olena"),
    ("João", "joao"),
    ("Amir", "amir"),
    ("Sinéad", "sinead"),
    ("Minh", "minh"),
    ("Anneli", "anneli"),
    ("Kwame", "kwame"),
    ("Zeynep", "zeynep"),
    ("Dmitri", "dmitri"),
    ("Leilani", "leilani"),
    ("Giulia", "giulia"),
    ("Tomáš", "tomas"),
    ("Hannah", "hannah"),
    ("Ravi", "ravi"),
    ("Ximena", "ximena"),
    ("Björn", "bjorn"),
    ("Noor", "noor"),
    ("Ji-woo", "jiwoo"),
    ("Eleni", "eleni"),
    ("Samuel", "samuel"),
    ("Aroha", "aroha"),
    ("Gábor", "gabor"),
    ("Yara", "yara"),
    ("Petra", "petra"),
    ("Kenji", "kenji"),
];

const LAST: &[Name] = &[
    ("Lindqvist", "lindqvist"),
    ("Müller", "mueller"),
    ("Tanaka", "tanaka"),
    ("Nkosi", "nkosi"),
    ("Sharma", "sharma"),
    ("Wiśniewski", "wisniewski"),
    ("Lefèvre", "lefevre"),
    ("García", "garcia"),
    ("Adeyemi", "adeyemi"),
    ("Kjær", "kjaer"),
    ("Zhang", "zhang"),
    ("El-Amin", "el-amin"),
    ("Shevchenko", "shevchenko"),
    ("Araújo", "araujo"),
    ("Hosseini", "hosseini"),
    ("O'Neill", "oneill"),
    ("Nguyễn", "nguyen"),
    ("Virtanen", "virtanen"),
    ("Mensah", "mensah"),
    ("Yılmaz", "yilmaz"),
    ("Petrov", "petrov"),
    ("Kealoha", "kealoha"),
    ("Rossi", "rossi"),
    ("Dvořák", "dvorak"),
    ("Whitfield", "whitfield"),
    ("Iyer", "iyer"),
    ("Quispe", "quispe"),
    ("Sæther", "saether"),
    ("van den Berg", "vandenberg"),
    ("Park", "park"),
    ("Papadopoulos", "papadopoulos"),
    ("Johnson", "johnson"),
    ("Tamihana", "tamihana"),
    ("Szabó", "szabo"),
    ("Haddad", "haddad"),
    ("Novak", "novak"),
    ("Watanabe", "watanabe"),
    ("Castellanos", "castellanos"),
    ("Brennan", "brennan"),
    ("Osei", "osei"),
    ("Fernandes", "fernandes"),
];

/// Coprime to the number of pairs of names, so that steps of this size visit every pair before they repeat one.
const STRIDE: usize = 997;
const PAIRS: usize = FIRST.len() * LAST.len();

/// The first and last name of the user of an index.
pub(crate) fn names(index: u32) -> (Name, Name) {
    let pair = (index as usize % PAIRS) * STRIDE % PAIRS;
    (FIRST[pair / LAST.len()], LAST[pair % LAST.len()])
}

/// The user name of the user of an index. From the second round through the pairs of names on, it ends with the number
/// of the round.
pub(crate) fn username(index: u32) -> String {
    let (first, last) = names(index);
    match index as usize / PAIRS {
        0 => format!("{}.{}", first.1, last.1),
        round => format!("{}.{}{}", first.1, last.1, round + 1),
    }
}

/// The user of an index.
pub(super) fn person(prng: &mut Prng, index: u32) -> User {
    let (first, last) = names(index);
    let username = username(index);
    let email = (!prng.chance(6)).then(|| format!("{username}@example.com"));
    let new = NewUser {
        email_verified: email.is_some() && prng.chance(70),
        email,
        username,
        first_name: Some(first.0.to_owned()),
        last_name: Some(last.0.to_owned()),
        enabled: !prng.chance(4),
        created: Some(created(prng)).filter(|_| !prng.chance(1)),
        roles: role(prng).into_iter().map(str::to_owned).collect(),
    };
    user(prng, new)
}

fn role(prng: &mut Prng) -> Option<&'static str> {
    match prng.below(100) {
        0..88 => Some("directory_viewer"),
        88..93 => Some("security_viewer"),
        93..96 => Some("workbench_viewer"),
        96..97 => Some("helpdesk_operator"),
        97..98 => Some("directory_administrator"),
        _ => None,
    }
}
