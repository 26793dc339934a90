//! Invented numbers of mails: the same for the same organisation and hour, on every machine.

use crate::prng::Prng;

/// The kinds of mail with their share, in hundredths of a percent.
pub(super) const SHARES: [(&str, u64); 8] = [
    ("clean", 7_900),
    ("spam", 1_400),
    ("virus", 30),
    ("fraud", 60),
    ("blocklist", 180),
    ("safelist", 220),
    ("attachment_defended", 900),
    ("image_blocked", 15),
];

/// The mails of a kind that an organisation received or sent within an hour, which is counted from 1970. At night and at
/// the weekend there are fewer.
pub(super) fn mails(eid: u32, users: usize, is_inbound: bool, kind: usize, hour: u64) -> u64 {
    let seed = u64::from(eid) ^ (hour << 20) ^ ((kind as u64) << 56) ^ (u64::from(is_inbound) << 63);
    let is_quiet = !(7..19).contains(&(hour % 24)) || matches!((hour / 24 + 4) % 7, 0 | 6);
    let share = SHARES[kind].1 * if is_inbound { 4 } else { 1 };
    let expected = users as u64 * share / if is_quiet { 60_000 } else { 8_000 };
    let spread = Prng::new(seed).below(expected / 2 + 2);
    expected + spread - (expected / 4).min(expected)
}
