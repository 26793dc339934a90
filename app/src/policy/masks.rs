//! `/policy/masks/new` and `/policy/masks/{uid}`: which characters of a value are hidden, with examples.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::policy::{
    MAX_NAME,
    masks::{self, EXAMPLES, MaskForm},
};
use protegrity::pim::{Item, ItemKind, MaskUid, NewMask};
use server_fn::ServerFn;

use super::{
    begin,
    items::{Deletion, deletion, with_button},
    lists::hides,
    object::{MASKS, TryButton, reported, uid_of, value},
    used_by::UsedBy,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    ui::{
        Choice, DescriptionList, Detail, FieldKind, PostForm, RadioGroup, Section, SubmitButton, Table,
        TextAreaField, TextField,
    },
};

/// Creates a mask.
#[server(prefix = "/api", endpoint = "policy/masks/create")]
pub async fn create_mask(#[server(flatten)] form: MaskForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::CreateMask, Target::portal()).await?;
    Ok(MASKS.created(&masks::create(&operation, &form).await?))
}

/// `/policy/masks/new`
pub async fn new(context: RequestContext) -> PageResult {
    context.permit(Action::CreateMask).await?;
    let fields = context.fields(CreateMask::url());
    let error = fields.error();
    let value = |name: &str, present: &str| value(&context, &fields, name, present);
    let form = MaskForm {
        name: value("name", ""),
        description: value("description", ""),
        from_left: value("from_left", "0"),
        from_right: value("from_right", "4"),
        masked: value("masked", "false"),
        character: value("character", "*"),
    };
    let examples = form.preview().map(|mask| view! { <Examples mask/> });
    let sides = vec![
        Choice::new("false", "All characters but these"),
        Choice::new("true", "These characters"),
    ];
    let content = view! {
        <PostForm action=CreateMask::url() error=error.clone() class="form page">
            <TextField name="name" label="Name" required=true maxlength=MAX_NAME value=form.name error=error.clone()/>
            <TextAreaField name="description" label="Description" rows=2 value=form.description error=error.clone()/>
            <div class="field-pair">
                <TextField name="from_left" label="Characters at the left" kind=FieldKind::Number
                    value=form.from_left error=error.clone()/>
                <TextField name="from_right" label="Characters at the right" kind=FieldKind::Number
                    value=form.from_right error=error.clone()/>
            </div>
            <RadioGroup name="masked" label="The mask hides" choices=sides value=form.masked error=error.clone()/>
            <TextField name="character" label="Shown instead of a hidden character" required=true
                value=form.character error/>
            <div class="form-actions">
                <a class="button" href=MASKS.list>"Cancel"</a>
                <SubmitButton label="Create mask"/>
                <TryButton label="Show examples" page=MASKS.form()/>
            </div>
        </PostForm>
        {examples}
    };
    let lead = "A mask hides characters of a value when it is unprotected. Rules and data elements without encryption name it.";
    Ok(MASKS.below(MASKS.new_label(), content).lead(lead))
}

/// `/policy/masks/{uid}`
pub async fn detail(context: RequestContext) -> PageResult {
    let uid: MaskUid = MASKS.uid(context.param("uid"))?;
    let operation = begin(&context).await?;
    let mask = masks::mask(&operation, &uid).await?;
    let Deletion { button, dialog } =
        deletion(&context, &operation, ItemKind::Mask, uid.as_str(), &mask.name).await;
    let examples = masks::shape(&mask).map(|mask| view! { <Examples mask/> });
    let hidden = hides(&mask);
    let content = view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="Description">{reported(mask.description.as_deref())}</Detail>
                <Detail label="Hides">{hidden}</Detail>
                <Detail label="Shown instead">{reported(mask.character.as_deref())}</Detail>
                <Detail label="UID">{uid_of(mask.uid.as_str())}</Detail>
            </DescriptionList>
        </Section>
        {examples}
        <UsedBy context item=Item::Mask(uid)/>
        {dialog}
    };
    Ok(with_button(MASKS.below(mask.name, content).streamed(), button))
}

#[component]
fn Examples(mask: NewMask) -> impl IntoView {
    let rows = EXAMPLES.map(|value| {
        let masked = mask.apply(value);
        view! {
            <tr>
                <th scope="row"><code>{value}</code></th>
                <td><code>{masked}</code></td>
            </tr>
        }
    });
    view! {
        <Section title="Examples">
            <Table label="What the mask makes of values" columns=&["Value", "Shown"]>{rows.collect_view()}</Table>
        </Section>
    }
    .into_any()
}
