//! `/policy/data-stores/new` and `/policy/data-stores/{uid}`: groups of protectors with their export keys.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::policy::{
    self,
    data_stores::{self, DataStoreForm, default_of},
};
use protegrity::pim::{DataStoreUid, Item, ItemKind, MAX_DATA_STORE_NAME};
use server_fn::ServerFn;

use super::{
    begin,
    export_keys::{AddKey, ExportKeys},
    items::{Deletion, deletion},
    object::{DATA_STORES, reported, uid_of, yes_or_no},
    used_by::UsedBy,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    links,
    ui::{
        Caution, CheckField, ConfirmField, DescriptionList, Detail, FormActions, LinkButton, PostForm,
        Section, TextAreaField, TextField,
    },
};

/// Creates a data store.
#[server(prefix = "/api", endpoint = "policy/data-stores/create")]
pub async fn create_data_store(#[server(flatten)] form: DataStoreForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::CreateDataStore, Target::portal()).await?;
    Ok(DATA_STORES.created(&data_stores::create(&operation, &form).await?))
}

/// `/policy/data-stores/new`
pub async fn new(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::CreateDataStore, Target::portal()).await?;
    let fields = context.fields(CreateDataStore::url());
    let error = fields.error();
    // The form works without it: the cluster decides.
    let warning = match policy::data_stores(&operation).await {
        Ok(stores) => default_of(&stores).map(|store| format!("The default is {} now.", store.name)),
        Err(error) if error.ends_session() => return Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "the data stores could not be read");
            Some("Which data store is the default now is not known.".to_owned())
        }
    };
    let takes_over = "There is at most one default data store. A new one takes it over, or the cluster refuses it: protectors that no data \
                      store lists would then get what is deployed on the new one.";
    let content = view! {
        <PostForm action=CreateDataStore::url() error=error.clone() class="form page">
            <TextField name="name" label="Name" required=true maxlength=MAX_DATA_STORE_NAME
                value=fields.text("name", "") error=error.clone()/>
            <TextAreaField name="description" label="Description" rows=2 value=fields.text("description", "")
                error=error.clone()/>
            {warning.map(|title| view! { <Caution title detail=takes_over/> })}
            <CheckField name="is_default" label="Make it the default" checked=fields.flag("is_default", false)
                error=error.clone() hint="The default serves the protectors that no other data store lists."/>
            <ConfirmField name="confirm_default" label="Yes, the new data store becomes the default instead" error/>
            <FormActions back=DATA_STORES.list submit="Create data store"/>
        </PostForm>
    };
    Ok(DATA_STORES
        .below(DATA_STORES.new_label(), content)
        .lead("A group of protectors that get the same policies. Nothing is deployed on it yet."))
}

/// `/policy/data-stores/{uid}`
pub async fn detail(context: RequestContext) -> PageResult {
    let uid: DataStoreUid = DATA_STORES.uid(context.param("uid"))?;
    let operation = begin(&context).await?;
    let store = data_stores::data_store(&operation, &uid).await?;
    let Deletion { button, dialog } = deletion(
        &context,
        &operation,
        ItemKind::DataStore,
        uid.as_str(),
        &store.name,
    )
    .await;
    let keys = policy::export_keys(&operation, &uid).await;
    let (deploy, denied) = (links::deploy_to(&uid), context.denied(Action::Deploy));
    let content = view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="Description">{reported(store.description.as_deref())}</Detail>
                <Detail label="Default">{yes_or_no(store.is_default)}</Detail>
                <Detail label="UID">{uid_of(store.uid.as_str())}</Detail>
            </DescriptionList>
        </Section>
        <ExportKeys keys=keys.map_err(Into::into)/>
        <AddKey context=context.clone() uid=uid.clone()/>
        <UsedBy context item=Item::DataStore(uid)/>
        {dialog}
    };
    let page = DATA_STORES.below(store.name, content).streamed();
    Ok(page.actions(view! {
        <LinkButton label="Deploy to this data store" href=deploy denied/>
        {button}
    }))
}
