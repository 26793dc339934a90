//! `/proofpoint/orgs/{domain}/users/new` and `…/users/{email}/edit`: a user's names, type and addresses.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    baseline,
    mail::users::{self, MAX_NAME_LENGTH, MailUserValues, OFFERED_TYPES, type_name},
};
use proofpoint::UserType;
use server_fn::ServerFn;

use super::{CreateMailUser, EditMailUser, below_users, organization_domain, user_address};
use crate::{
    answer::PageResult,
    context::RequestContext,
    form::Fields,
    links,
    ui::{CheckField, Choice, FieldKind, FormActions, Page, PostForm, SelectField, TextAreaField, TextField},
};

/// `/proofpoint/orgs/{domain}/users/new`
pub async fn new(context: RequestContext) -> PageResult {
    let organization = organization_domain(context.param("domain"))?;
    let target = Target::of("mail_organization", &organization);
    context.begin(Action::CreateMailUser, target).await?;
    let fields = context.fields(CreateMailUser::url());
    let error = fields.error();
    let values = MailUserValues {
        user_type: UserType::EndUser.to_string(),
        billable: "true".to_owned(),
        ..MailUserValues::default()
    };
    let hidden = vec![("domain", organization.to_string())];
    let back = links::mail_users(&organization);
    let form = view! {
        <PostForm action=CreateMailUser::url() error=error.clone() class="form page" hidden>
            <TextField name="email" label="E-mail address" kind=FieldKind::Email required=true maxlength=254
                value=fields.text("email", "") error
                hint="Of one of the organisation's domains. It identifies the user."/>
            <UserFields values fields/>
            <FormActions back submit="Create user"/>
        </PostForm>
    };
    let page = below_users(Page::new("New user", form), &organization);
    Ok(page.lead("A user of Proofpoint Essentials, who gets mail at once."))
}

/// `/proofpoint/orgs/{domain}/users/{email}/edit`
pub async fn edit(context: RequestContext) -> PageResult {
    let organization = organization_domain(context.param("domain"))?;
    let email = user_address(context.param("email"))?;
    let operation = context
        .begin(Action::EditMailUser, Target::of("mail_user", &email))
        .await?;
    let user = users::read(&context.services, &operation, &organization, &email)
        .await?
        .user;
    let fields = context.fields_to_review(EditMailUser::url());
    // The values that the form showed first, through every failure of it.
    let values =
        baseline::decode(&fields.text("baseline", "")).unwrap_or_else(|_| MailUserValues::from(&user));
    let address = fields.text("address", &values.email);
    let page = links::mail_user(&organization, &user.primary_email);
    let back = page.clone();
    let hidden = vec![
        ("domain", organization.to_string()),
        ("email", user.primary_email.to_string()),
        ("baseline", baseline::encode(&values)),
    ];
    let form = view! {
        <PostForm action=EditMailUser::url() error=fields.error() class="form page" hidden>
            <TextField name="address" label="E-mail address" kind=FieldKind::Email required=true maxlength=254 value=address
                error=fields.error() hint="The user signs in at Proofpoint with it. Another one has to be of the organisation."/>
            <UserFields values fields/>
            <FormActions back submit="Review the change"/>
        </PostForm>
    };
    let title = format!("Edit {}", user.primary_email);
    Ok(below_users(Page::new(title, form), &organization)
        .crumb(user.primary_email.to_string(), page)
        .lead("A synchronisation with Azure undoes changes of users that are not exempt from it."))
}

/// The fields that a new user and an existing one have in common.
#[component]
fn UserFields(values: MailUserValues, fields: Fields) -> impl IntoView {
    let error = fields.error();
    let most = MAX_NAME_LENGTH;
    let mut types: Vec<_> = OFFERED_TYPES.to_vec();
    let own = UserType::from(values.user_type.clone());
    if !types.contains(&own) {
        types.insert(0, own);
    }
    let types = types.into_iter().map(|user_type| {
        let label = match user_type.as_str() {
            "" => "Unknown".to_owned(),
            _ => type_name(Some(&user_type)),
        };
        Choice::new(user_type.to_string(), label)
    });
    let first_name = fields.text("first_name", &values.first_name);
    let last_name = fields.text("last_name", &values.last_name);
    let user_type = fields.text("user_type", &values.user_type);
    let billable = fields.flag("billable", values.billable == "true");
    let aliases = fields.text("aliases", &values.aliases.join("\n"));
    let read_only = fields.flag("read_only", values.read_only == "true");
    view! {
        <div class="field-pair">
            <TextField name="first_name" label="First name" maxlength=most value=first_name error=error.clone()/>
            <TextField name="last_name" label="Last name" maxlength=most value=last_name error=error.clone()/>
        </div>
        <SelectField name="user_type" label="Type" choices=types.collect() value=user_type error=error.clone()
            hint="A silent user gets the digest and cannot sign in. A functional account is a mailbox of no person and takes no licence."/>
        <TextAreaField name="aliases" label="Aliases" rows=4 value=aliases error=error.clone()
            hint="Further addresses of the user, one a line."/>
        <CheckField name="billable" label="Takes a licence" checked=billable error=error.clone()
            hint="One user of an organisation may be exempt."/>
        <CheckField name="read_only" label="May only look" checked=read_only error
            hint="For administrators: they see everything and change nothing."/>
    }
    .into_any()
}
