//! The server functions of the configuration.

use gate::{Action, Target};
use leptos::prelude::*;
use protegrity::{EntraSettings, EntraTest, EntraTrial};
use secrecy::{ExposeSecret, SecretString};

use super::CONFIG;
use crate::{
    error::{ErrorKind, FieldError, PortalError},
    flash::Done,
    form::{Faults, shown_again},
    ui::grouped,
    visit::{Visit, visit},
};

/// The longest client id, in characters. Entra ID's are UUIDs; the reference's sample is not quite one
/// (line 2478), so no shape is asked for.
pub(super) const LONGEST_CLIENT_ID: u32 = 128;

/// The longest client secret, in characters. Entra ID's have 40.
pub(super) const LONGEST_SECRET: u32 = 512;

/// The name under which the form says that a test passed.
pub(super) const TEST_PASSED: &str = "test_passed";

/// Stores the configuration (`POST` or `PUT /federation/entra/config`), or with `step=test` tries what was
/// typed without storing it (`POST /federation/entra/config/test`).
#[server(prefix = "/api", endpoint = "entra/save")]
pub async fn save_entra(
    #[server(default)] tenant_id: String,
    #[server(default)] client_id: String,
    #[server(default)] client_secret: String,
    #[server(default)] enabled: String,
    #[server(default)] step: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let secret = SecretString::from(client_secret);
    let settings = read(&tenant_id, &client_id, secret, enabled == "true")?;
    if step == "test" {
        return Err(try_typed(&visit, settings).await);
    }
    let target = Target::named("Entra ID tenant", &settings.tenant_id);
    let passage = visit.open(Action::ConfigureEntra, target)?;
    let explain = |error| visit.explain(Action::ConfigureEntra, &error);
    let before = passage.read(|cluster| async move { cluster.entra_config().await });
    let is_new = before.await.map_err(explain)?.is_none();
    passage
        .call(|cluster| {
            let settings = settings.clone();
            async move {
                if is_new {
                    cluster.create_entra_config(&settings).await
                } else {
                    cluster.update_entra_config(&settings).await
                }
            }
        })
        .await
        .map_err(explain)?;
    visit.done(stored(settings.enabled));
    Ok(())
}

/// What the page says after the configuration was stored. The cluster's own words call every change a
/// creation (notes, row 54).
fn stored(enabled: bool) -> Done {
    let detail = if enabled {
        "Test the connection before somebody relies on it."
    } else {
        "It is not enabled: nobody can search Entra ID or import from it."
    };
    Done::new("The Entra ID configuration is stored.")
        .with_detail(detail)
        .with_next(CONFIG)
}

/// Reads the form.
fn read(
    tenant_id: &str,
    client_id: &str,
    secret: SecretString,
    enabled: bool,
) -> Result<EntraSettings, PortalError> {
    let mut faults = Faults::default();
    let tenant_id = faults.required_line("tenant_id", tenant_id, 200);
    faults.unless(
        tenant_id.is_empty() || is_uuid(&tenant_id),
        "tenant_id",
        "This is no tenant id: it must look like 12345678-1234-1234-1234-123456789012.",
    );
    let client_id = faults.required_line("client_id", client_id, LONGEST_CLIENT_ID as usize);
    if let Some(fault) = secret_fault(secret.expose_secret()) {
        faults.add("client_secret", fault);
    }
    faults.finish()?;
    Ok(EntraSettings {
        tenant_id,
        client_id,
        client_secret: secret,
        enabled,
    })
}

/// What is the matter with a secret, without a word of it.
fn secret_fault(secret: &str) -> Option<&'static str> {
    if secret.trim().is_empty() {
        // Notes, row 55.
        Some("Type the client secret, also when it stays the same: the cluster does not tell the stored one.")
    } else if secret.chars().count() > LONGEST_SECRET as usize {
        Some("This is longer than 512 characters.")
    } else if secret.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Some("This holds a space or a line break, which no client secret does.")
    } else {
        None
    }
}

/// 8, 4, 4, 4 and 12 hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let mut groups = text.split('-');
    let fits = [8, 4, 4, 4, 12].into_iter().all(|length| {
        groups
            .next()
            .is_some_and(|group| group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit()))
    });
    fits && groups.next().is_none()
}

/// Tries what was typed. The form comes back whatever the outcome, so that it can be stored as it is.
async fn try_typed(visit: &Visit, settings: EntraSettings) -> PortalError {
    let target = Target::named("Entra ID tenant", &settings.tenant_id);
    let trial = EntraTrial::Given {
        tenant_id: settings.tenant_id,
        client_id: settings.client_id,
        client_secret: settings.client_secret,
    };
    match test(visit, target, trial).await {
        Err(error) => error,
        Ok(tested) => PortalError {
            fields: vec![FieldError {
                field: TEST_PASSED.to_owned(),
                message: format!("The connection works. {} Nothing was stored.", counted(&tested)),
            }],
            ..shown_again()
        },
    }
}

/// Tests the connection with the stored configuration (`POST /federation/entra/config/test`).
#[server(prefix = "/api", endpoint = "entra/test")]
pub async fn test_entra() -> Result<(), PortalError> {
    let visit = visit();
    let target = Target::named("Entra ID configuration", "as stored");
    let tested = test(&visit, target, EntraTrial::Stored).await?;
    visit.done(Done::new("The connection to Entra ID works.").with_detail(counted(&tested)));
    Ok(())
}

/// Makes the test. One that was made and failed is an error like one that could not be made.
async fn test(visit: &Visit, target: Target, trial: EntraTrial) -> Result<EntraTest, PortalError> {
    let passage = visit.open(Action::TestEntra, target)?;
    let tested = passage
        .call(|cluster| {
            let trial = trial.clone();
            async move { cluster.test_entra_config(&trial).await }
        })
        .await
        .map_err(|error| visit.explain(Action::TestEntra, &error))?;
    if tested.succeeded {
        return Ok(tested);
    }
    let said = tested.message.map(|words| format!("The cluster said: {words}"));
    Err(PortalError {
        request_id: Some(visit.caller.request_id.clone()),
        ..PortalError::new(ErrorKind::Invalid, "The connection to Entra ID does not work.")
            .with_detail(said.unwrap_or_else(|| "The cluster did not say why.".to_owned()))
    })
}

/// How many users the test found.
fn counted(test: &EntraTest) -> String {
    let tenant = test.tenant_id.as_deref().filter(|id| !id.is_empty());
    let tenant = tenant.map_or_else(|| "The tenant".to_owned(), |id| format!("The tenant {id}"));
    match test.user_count.and_then(|count| u64::try_from(count).ok()) {
        Some(1) => format!("{tenant} has one user."),
        Some(count) => format!("{tenant} has {} users.", grouped(count)),
        None => format!("{tenant} answered."),
    }
}

/// Forgets the configuration (`DELETE /federation/entra/config`).
#[server(prefix = "/api", endpoint = "entra/delete")]
pub async fn delete_entra() -> Result<(), PortalError> {
    let visit = visit();
    let target = Target::named("Entra ID configuration", "as stored");
    let passage = visit.open(Action::DeleteEntra, target)?;
    let deleted = passage.call(|cluster| async move { cluster.delete_entra_config().await });
    deleted
        .await
        .map_err(|error| visit.explain(Action::DeleteEntra, &error))?;
    visit.done(
        Done::new("The Entra ID configuration is deleted.")
            .with_detail("Users and groups that were imported stay.")
            .with_next(CONFIG),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TENANT: &str = "5b1c8e7a-0d3f-4c55-9a6e-3f2b7d90c1e4";

    fn fields(tenant_id: &str, client_id: &str, secret: &str) -> Vec<String> {
        let read = read(tenant_id, client_id, SecretString::from(secret), true);
        let fields = read.err().map(|error| error.fields).unwrap_or_default();
        fields.into_iter().map(|field| field.field).collect()
    }

    #[test]
    fn everything_is_said_at_once_and_the_secret_is_always_asked() {
        assert!(fields(TENANT, "an-app", "s3cret").is_empty());
        assert_eq!(fields("", "", ""), ["tenant_id", "client_id", "client_secret"]);
        assert_eq!(fields("contoso", "an-app", "s3cret"), ["tenant_id"]);
        assert_eq!(
            fields(TENANT, &"x".repeat(129), "  "),
            ["client_id", "client_secret"]
        );
        assert_eq!(fields(TENANT, "an-app", "s3 cret"), ["client_secret"]);
        assert_eq!(fields(TENANT, "an-app", &"s".repeat(513)), ["client_secret"]);
    }

    #[test]
    fn a_fault_never_repeats_the_secret() {
        let error = read("no", "", SecretString::from("Hush Hush"), true).expect_err("all is wrong");
        assert!(!format!("{error:?}").contains("Hush"), "{error:?}");
    }

    #[test]
    fn the_words_of_a_test_count_the_users() {
        let test = |tenant: Option<&str>, user_count| EntraTest {
            tenant_id: tenant.map(str::to_owned),
            user_count,
            ..EntraTest::default()
        };
        assert_eq!(
            counted(&test(Some("t"), Some(1200))),
            "The tenant t has 1,200 users."
        );
        assert_eq!(counted(&test(None, Some(1))), "The tenant has one user.");
        assert_eq!(counted(&test(Some(""), Some(-1))), "The tenant answered.");
    }

    proptest! {
        #[test]
        fn a_uuid_is_taken_in_either_case(text in "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}") {
            prop_assert!(is_uuid(&text));
            prop_assert!(!is_uuid(&text[1..]));
            let longer = format!("{text}-");
            prop_assert!(!is_uuid(&longer));
            prop_assert!(!is_uuid(&text.replace('-', "")));
        }
    }
}
