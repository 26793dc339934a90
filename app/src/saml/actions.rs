//! The server functions of a SAML provider (reference lines 1860-2059; rows 40-46).

use gate::{Action, Passage, Target};
use leptos::prelude::*;
use protegrity::{Alias, SamlDraft, SamlProvider};

use super::{
    alias,
    draft::{SamlForm, differences, draft_of},
    path, title,
};
use crate::{
    error::PortalError,
    flash::{Compared, Done},
    form::Faults,
    visit::{Visit, visit},
};

/// The target of an action on this provider.
pub(super) fn target(alias: &Alias) -> Target {
    Target::named("SAML provider", alias)
}

/// Creates a SAML provider, `POST /saml/providers`. The cluster fetches the metadata from their URL.
#[server(prefix = "/api", endpoint = "saml/create")]
pub async fn create_saml_provider(#[server(flatten)] form: SamlForm) -> Result<(), PortalError> {
    let visit = visit();
    let mut faults = Faults::default();
    let draft = form.draft(None, &mut faults);
    faults.finish()?;
    let passage = visit.open(Action::CreateSamlProvider, target(&draft.alias))?;
    passage
        .call(|cluster| {
            let draft = draft.clone();
            async move { cluster.create_saml_provider(&draft).await }
        })
        .await
        .map_err(|error| visit.explain(Action::CreateSamlProvider, &error))?;
    let compared = read_again(&passage, &draft, None).await;
    let next = path(&draft.alias);
    visit.done(done(&format!("{} is created.", draft.display_name), compared).with_next(next));
    Ok(())
}

/// Changes a SAML provider, `PUT /saml/providers/{alias}`, with every field of the form.
#[server(prefix = "/api", endpoint = "saml/update")]
pub async fn update_saml_provider(#[server(flatten)] form: SamlForm) -> Result<(), PortalError> {
    let visit = visit();
    let alias = alias(&form.alias)?;
    let (passage, before) = provider(&visit, &alias).await?;
    let mut faults = Faults::default();
    let draft = SamlDraft {
        // The mappers are changed on the provider's page.
        attribute_mapping: std::collections::BTreeMap::new(),
        ..form.draft(Some(&before), &mut faults)
    };
    faults.finish()?;
    let compared = put(&visit, &passage, &draft, &before).await?;
    let title = format!("{} is updated.", draft.display_name);
    visit.done(done(&title, compared).with_next(path(&alias)));
    Ok(())
}

/// Lets people sign in by this provider.
#[server(prefix = "/api", endpoint = "saml/enable")]
pub async fn enable_saml_provider(alias: String) -> Result<(), PortalError> {
    switch(&alias, true).await
}

/// Lets nobody sign in by this provider; its configuration stays.
#[server(prefix = "/api", endpoint = "saml/disable")]
pub async fn disable_saml_provider(alias: String) -> Result<(), PortalError> {
    switch(&alias, false).await
}

/// There is no call for this alone: the whole provider is sent as it is, but for this.
async fn switch(typed: &str, enabled: bool) -> Result<(), PortalError> {
    let visit = visit();
    let alias = alias(typed)?;
    let (passage, before) = provider(&visit, &alias).await?;
    let draft = SamlDraft {
        enabled,
        ..draft_of(&before)
    };
    let compared = put(&visit, &passage, &draft, &before).await?;
    let word = if enabled { "enabled" } else { "disabled" };
    visit.done(done(&format!("{} is {word}.", title(&before)), compared));
    Ok(())
}

/// Deletes a SAML provider with its mappers, `DELETE /saml/providers/{alias}`. Its alias has to be typed.
#[server(prefix = "/api", endpoint = "saml/delete")]
pub async fn delete_saml_provider(
    alias: String,
    #[server(default)] typed: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let alias = super::alias(&alias)?;
    if typed.trim() != alias.as_str() {
        return Err(PortalError::invalid("typed", format!("Type {alias} to go on.")));
    }
    let passage = visit.open(Action::DeleteSamlProvider, target(&alias))?;
    passage
        .call(|cluster| {
            let alias = alias.clone();
            async move { cluster.delete_saml_provider(&alias).await }
        })
        .await
        .map_err(|error| visit.explain(Action::DeleteSamlProvider, &error))?;
    let done = Done::new(format!("{alias} is deleted."))
        .with_detail("Its attribute mappers are gone with it. Nobody can sign in by it any more.");
    visit.done(done.with_next("/saml"));
    Ok(())
}

/// The provider that is about to be changed, as the cluster has it now.
async fn provider(visit: &Visit, alias: &Alias) -> Result<(Passage, SamlProvider), PortalError> {
    let passage = visit.open(Action::UpdateSamlProvider, target(alias))?;
    let provider = passage
        .read(|cluster| async move { cluster.saml_provider(alias).await })
        .await
        .map_err(|error| visit.explain(Action::UpdateSamlProvider, &error))?;
    // What the address says, not what the answer repeats.
    let alias = alias.clone();
    Ok((passage, SamlProvider { alias, ..provider }))
}

async fn put(
    visit: &Visit,
    passage: &Passage,
    draft: &SamlDraft,
    before: &SamlProvider,
) -> Result<Option<Vec<Compared>>, PortalError> {
    passage
        .call(|cluster| async move { cluster.update_saml_provider(draft).await })
        .await
        .map_err(|error| visit.explain(Action::UpdateSamlProvider, &error))?;
    Ok(read_again(passage, draft, Some(before)).await)
}

/// What the cluster made of a write; nothing when it could not be read again.
async fn read_again(
    passage: &Passage,
    draft: &SamlDraft,
    before: Option<&SamlProvider>,
) -> Option<Vec<Compared>> {
    let alias = &draft.alias;
    let now = passage
        .read(|cluster| async move { cluster.saml_provider(alias).await })
        .await;
    match now {
        Ok(now) => Some(differences(draft, before, &now)),
        Err(error) => {
            tracing::warn!(%error, "a written SAML provider could not be read again");
            None
        }
    }
}

/// What the page says after a write that was read again.
fn done(title: &str, compared: Option<Vec<Compared>>) -> Done {
    let detail = match &compared {
        None => {
            "The cluster could not be asked what it has now: look at the provider again later.".to_owned()
        }
        Some(rows) if rows.is_empty() => "The cluster has it as it was sent.".to_owned(),
        Some(rows) => {
            let names: Vec<_> = rows.iter().map(|row| row.what.as_str()).collect();
            format!(
                "The cluster has something else than what was sent: {}.",
                names.join(", ")
            )
        }
    };
    Done {
        compared: compared.unwrap_or_default(),
        ..Done::new(title).with_detail(detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_differs() {
        let row = |what: &str| Compared {
            what: what.to_owned(),
            sent: "a".to_owned(),
            held: "b".to_owned(),
        };
        let detail = |compared| done("x is updated.", compared).detail.expect("a detail");
        assert!(detail(Some(vec![row("Enabled"), row("Metadata URL")])).contains(": Enabled, Metadata URL."));
        assert!(detail(Some(Vec::new())).contains("as it was sent"));
        assert!(detail(None).contains("could not be asked"));
    }
}
