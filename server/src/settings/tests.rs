//! The settings that are refused, and the reasons.

use super::*;

fn read(toml: &str) -> Result<Settings, SettingsError> {
    let figment = Figment::new().merge(Toml::string(toml));
    let settings: Settings = figment
        .extract()
        .map_err(|error| SettingsError::Unreadable(error.to_string()))?;
    settings.check()?;
    Ok(settings)
}

fn check_refused(toml: &str, words: &str) {
    let error = read(toml).expect_err(toml).to_string();
    assert!(error.contains(words), "{toml:?} gave: {error}");
}

#[test]
fn the_defaults_are_a_portal_on_loopback() {
    let settings = read("").expect("the defaults are valid");
    assert_eq!(settings.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(settings.session_rules().idle, jiff::SignedDuration::from_mins(30));
    assert!(settings.unused().is_empty());
}

#[test]
fn every_key_can_be_set() {
    let settings = read(
        "listen = '0.0.0.0:443'\npublic_url = 'https://portal.example.com'\ndeploy_approval = true\n\
         trusted_proxies = ['10.0.0.0/8', '2001:db8::1']\n\
         [protegrity]\nurl = 'https://ppc.example.com'\nlogin = 'api'\n\
         [proofpoint]\nstack = 'eu1'\nextra_hosts = ['mail.brand.example']\n\
         [session]\nidle_minutes = 5\nmax_hours = 1",
    )
    .expect("the settings are valid");
    assert_eq!(settings.protegrity.login, LoginMode::Api);
    assert!(settings.deploy_approval && settings.unused().is_empty());
    let proxies = settings.trusted_proxies.iter().map(ToString::to_string);
    assert_eq!(proxies.collect::<Vec<_>>(), ["10.0.0.0/8", "2001:db8::1/128"]);
    let text = read("trusted_proxies = '10.0.0.0/8, 192.0.2.1'").expect("as a variable has it");
    assert_eq!(text.trusted_proxies.len(), 2);
}

#[test]
fn unusable_settings_are_refused_with_a_reason() {
    check_refused("listne = '127.0.0.1:1'", "listne");
    check_refused(
        "[protegrity]\nurl = 'https://ppc.example.com'\ncafile = 'x'",
        "cafile",
    );
    check_refused("listen = '0.0.0.0:3000'", "https");
    check_refused(
        "listen = '0.0.0.0:3000'\npublic_url = 'http://portal.example.com'",
        "https",
    );
    check_refused("public_url = 'https://portal.example.com/path'", "origin");
    check_refused("database_url = 'mysql://x'", "sqlite://");
    check_refused("[session]\nidle_minutes = 0", "idle_minutes");
    check_refused("[proofpoint]\nstack = 'mars1'", "us1 to us5 or eu1");
    check_refused("[proofpoint]\nextra_hosts = ['*.example.com']", "plain host name");
    check_refused("[proofpoint]\nsimulator = 'http://10.0.0.1:1'", "loopback");
    check_refused("[protegrity]\nlogin = 'both'", "login");
    check_refused("trusted_proxies = ['10.0.0.0/33']", "no network");
    check_refused("trusted_proxies = 'proxy.example.com'", "no network");
}

#[test]
fn a_missing_cluster_is_named_with_its_variable() {
    let error = read("")
        .expect("the defaults")
        .cluster()
        .expect_err("no address is set")
        .to_string();
    assert!(error.contains("POSTERN_PROTEGRITY_URL"), "{error}");
}
