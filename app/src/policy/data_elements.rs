//! `/policy/data-elements/new` and `/policy/data-elements/{uid}`: how one kind of value is protected.

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::policy::{
    self,
    data_elements::{self, DataElementForm, Method},
};
use protegrity::pim::{
    AllowShort, Alphabet, DataElementUid, DateInClear, FpeKind, IntegerSize, Item, ItemKind,
    MAX_DATA_ELEMENT_NAME, MAX_FPE_MIN_LENGTH, MIN_FPE_LENGTH, Mask, TokenKind, TokenOption, Tokenizer,
    TweakMode,
};
use server_fn::ServerFn;

use super::{
    begin,
    items::{Deletion, deletion, description_form, with_button},
    object::{ALPHABETS, DATA_ELEMENTS, MASKS, reported, uid_of},
    used_by::UsedBy,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    form::Fields,
    ui::{
        Caution, CheckField, Choice, DescriptionList, Detail, FieldKind, FormActions, PostForm, Section,
        SelectField, Table, TextAreaField, TextField,
    },
};

const IMMUTABLE: &str = "Once it is created, only its description can change.";

/// Creates a data element.
#[server(prefix = "/api", endpoint = "policy/data-elements/create")]
pub async fn create_data_element(#[server(flatten)] form: DataElementForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::CreateDataElement, Target::portal()).await?;
    Ok(DATA_ELEMENTS.created(&data_elements::create(&operation, &form).await?))
}

/// `/policy/data-elements/new`: first the method is chosen, then its options are shown. The address names the method.
pub async fn new(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::CreateDataElement, Target::portal()).await?;
    let asked = context.query_value("method").unwrap_or_default();
    let Some(method) = Method::of_key(&asked) else {
        let unknown = (!asked.is_empty()).then(|| {
            view! { <Caution title="The portal does not know this method." detail="Choose one of those below."/> }
        });
        let content = view! { {unknown} <Methods/> };
        return Ok(DATA_ELEMENTS
            .below(DATA_ELEMENTS.new_label(), content)
            .lead(format!("First choose how values are protected. {IMMUTABLE}")));
    };
    let fields = context.fields(CreateDataElement::url());
    let options = options(&operation, method, &fields).await?;
    let error = fields.error();
    let content = view! {
        <PostForm action=CreateDataElement::url() error=error.clone() class="form page"
            hidden=vec![("method", method.key().to_owned())]>
            <DescriptionList>
                <Detail label="Method">
                    {method.name()} " (" <code>{method.key()}</code> ") " <a href=DATA_ELEMENTS.form()>"Choose another"</a>
                </Detail>
            </DescriptionList>
            <p class="muted">{method.about()}</p>
            <TextField name="name" label="Name" required=true maxlength=MAX_DATA_ELEMENT_NAME
                value=fields.text("name", "") error=error.clone()/>
            <TextAreaField name="description" label="Description" rows=2 value=fields.text("description", "") error/>
            {options}
            <FormActions back=DATA_ELEMENTS.list submit="Create data element"/>
        </PostForm>
    };
    Ok(DATA_ELEMENTS
        .below(DATA_ELEMENTS.new_label(), content)
        .lead(format!(
            "{IMMUTABLE} Another name, method or option needs another data element."
        )))
}

/// The first step: each method leads to its form.
#[component]
fn Methods() -> impl IntoView {
    let rows = Method::all().map(|method| {
        let href = format!("{}?method={}", DATA_ELEMENTS.form(), method.key());
        view! {
            <tr>
                <th scope="row"><a href=href>{method.name()}</a></th>
                <td>{method.group()}</td>
                <td class="wraps">{method.about()}</td>
            </tr>
        }
    });
    view! {
        <Section title="Method">
            <Table label="Protection methods" columns=&["Method", "Kind", "What it does"]>{rows.collect_view()}</Table>
            <p class="muted">
                "The cluster has more methods (decimal, binary, HMAC and others), whose keys in the API are not documented."
            </p>
        </Section>
    }
    .into_any()
}

/// Exactly the options that go with the method.
async fn options(operation: &Operation, method: Method, fields: &Fields) -> Result<AnyView, PortalError> {
    let (alphabets, masks) = match method {
        Method::Token(kind) if kind.takes(TokenOption::Alphabet) => {
            (policy::alphabets(operation).await?, Vec::new())
        }
        Method::NoEncryption => (Vec::new(), policy::masks(operation).await?),
        _ => (Vec::new(), Vec::new()),
    };
    let own = match method {
        Method::Token(kind) => token_options(kind, alphabets, fields),
        Method::Fpe(kind) => fpe_options(kind, fields),
        Method::Aes256Cbc => ().into_any(),
        Method::NoEncryption => mask_option(masks, fields),
    };
    let ends = method.takes_ends().then(|| ends(fields));
    let short = short_option(method, fields);
    Ok(view! { {ends} {own} {short} }.into_any())
}

fn ends(fields: &Fields) -> AnyView {
    let error = fields.error();
    view! {
        <div class="field-pair">
            <TextField name="from_left" label="Characters in clear at the left" kind=FieldKind::Number
                value=fields.text("from_left", "0") error=error.clone()/>
            <TextField name="from_right" label="Characters in clear at the right" kind=FieldKind::Number
                value=fields.text("from_right", "0") error/>
        </div>
    }
    .into_any()
}

fn token_options(kind: TokenKind, alphabets: Vec<Alphabet>, fields: &Fields) -> AnyView {
    let error = fields.error();
    let tokenizers = kind.tokenizers();
    let first = tokenizers.first().map_or("", Tokenizer::as_str);
    let choices = tokenizers
        .iter()
        .map(|one| Choice::new(one.as_str(), one.as_str()))
        .collect();
    let takes = |option| kind.takes(option);
    view! {
        <SelectField name="tokenizer" label="Tokenizer" choices value=fields.text("tokenizer", first) error=error.clone()
            hint="The lookup tables: the first number is how many, the second how many characters each takes."/>
        {takes(TokenOption::Alphabet).then(|| alphabet_option(alphabets, fields))}
        {takes(TokenOption::LengthPreserving).then(|| view! {
            <CheckField name="length_preserving" label="A token is as long as its value"
                checked=fields.flag("length_preserving", true) error=error.clone()/>
        })}
        {takes(TokenOption::PreserveCase).then(|| view! {
            <CheckField name="preserve_case" label="Keep upper and lower case" checked=fields.flag("preserve_case", false)
                error=error.clone() hint="Only with the tokenizer SLT_2_3."/>
            <CheckField name="preserve_position" label="Keep letters and digits in their places"
                checked=fields.flag("preserve_position", false) error=error.clone() hint="Only with the tokenizer SLT_2_3."/>
        })}
        {takes(TokenOption::DateInClear).then(|| view! {
            <SelectField name="date_in_clear" label="Part of the date in clear" value=fields.text("date_in_clear", "")
                choices=vec![Choice::new("", "None"), Choice::new(DateInClear::Year.as_str(), "The year")]
                error=error.clone()/>
        })}
        {takes(TokenOption::IntegerSize).then(|| view! {
            <SelectField name="integer_size" label="Size of the integer" value=fields.text("integer_size", "")
                choices=vec![
                    Choice::new("", "4 bytes"),
                    Choice::new(IntegerSize::Short.as_str(), "2 bytes (SHORT)"),
                    Choice::new(IntegerSize::Long.as_str(), "8 bytes (LONG)"),
                ]
                error=error.clone()/>
        })}
    }
    .into_any()
}

fn alphabet_option(alphabets: Vec<Alphabet>, fields: &Fields) -> AnyView {
    let none = alphabets.is_empty();
    let choices = alphabets.into_iter().filter(|alphabet| !alphabet.uid.is_empty());
    let choices = choices.map(|alphabet| Choice::new(alphabet.uid.as_str(), alphabet.label));
    let choices = std::iter::once(Choice::new("", "Choose an alphabet"))
        .chain(choices)
        .collect();
    view! {
        {none.then(|| view! { <Caution title="The cluster has no alphabet yet." detail="Create one first."/> })}
        <SelectField name="alphabet" label="Alphabet" choices required=true value=fields.text("alphabet", "")
            error=fields.error() hint="The characters that tokens are made of."/>
        <p><a href=ALPHABETS.form()>"New alphabet"</a></p>
    }
    .into_any()
}

fn fpe_options(kind: FpeKind, fields: &Fields) -> AnyView {
    let error = fields.error();
    let bytes = format!(
        "Bytes, from {MIN_FPE_LENGTH} to {MAX_FPE_MIN_LENGTH}; shorter values are not encrypted. Empty: the cluster decides."
    );
    let no_choice = (!kind.takes_allow_short())
        .then(|| view! { <p class="muted">"This method has no choice for values that are too short."</p> });
    view! {
        <TextField name="min_length" label="Minimum length" kind=FieldKind::Number value=fields.text("min_length", "")
            hint=bytes error=error.clone()/>
        {no_choice}
        <SelectField name="tweak_mode" label="Tweak" value=fields.text("tweak_mode", "") error
            choices=vec![
                Choice::new("", "The cluster decides"),
                Choice::new(TweakMode::ExtractedInput.as_str(), "Taken from the input (EXT_INPUT)"),
            ]
            hint="What lets the same value be encrypted differently at different places."/>
    }
    .into_any()
}

fn mask_option(masks: Vec<Mask>, fields: &Fields) -> AnyView {
    let choices = masks.into_iter().filter(|mask| !mask.uid.is_empty());
    let choices = choices.map(|mask| Choice::new(mask.uid.as_str(), mask.name));
    let choices = std::iter::once(Choice::new("", "No mask"))
        .chain(choices)
        .collect();
    view! {
        <SelectField name="mask" label="Mask" choices value=fields.text("mask", "") error=fields.error()
            hint="What of the value is hidden from those who read it."/>
        <p><a href=MASKS.form()>"New mask"</a></p>
    }
    .into_any()
}

fn short_option(method: Method, fields: &Fields) -> Option<AnyView> {
    let known = method.short_choices();
    if known.is_empty() {
        return None;
    }
    let label = |choice: &AllowShort| match choice {
        AllowShort::Yes => "Protect them (YES)".to_owned(),
        AllowShort::NoWithError => "Refuse them with an error (NOWITHERROR)".to_owned(),
        AllowShort::Other(word) => word.clone(),
    };
    let choices = known
        .iter()
        .map(|choice| Choice::new(choice.as_str(), label(choice)));
    let choices = std::iter::once(Choice::new("", "The cluster decides"))
        .chain(choices)
        .collect();
    let hint = match method {
        Method::Token(_) => "Only for tokens that are as long as their values.",
        _ => "Values that are shorter than the minimum are never encrypted.",
    };
    let field = view! {
        <SelectField name="allow_short" label="Values that are too short" choices value=fields.text("allow_short", "")
            hint error=fields.error()/>
    };
    Some(field.into_any())
}

/// `/policy/data-elements/{uid}`
pub async fn detail(context: RequestContext) -> PageResult {
    let uid: DataElementUid = DATA_ELEMENTS.uid(context.param("uid"))?;
    let operation = begin(&context).await?;
    let element = data_elements::data_element(&operation, &uid).await?;
    let description_form = description_form(&context, &operation, &element).await;
    let Deletion { button, dialog } = deletion(
        &context,
        &operation,
        ItemKind::DataElement,
        uid.as_str(),
        &element.name,
    )
    .await;
    let key = element.method.as_ref().map(|method| method.key().to_owned());
    let method = match key.as_deref().and_then(Method::of_key) {
        Some(method) => view! { {method.name()} " (" <code>{method.key()}</code> ")" }.into_any(),
        None => reported(key.as_deref()),
    };
    let options = element.method.as_ref().map(data_elements::options);
    let options = match options {
        None => view! { <p class="muted">"The options of the method are not known."</p> }.into_any(),
        Some(options) if options.is_empty() => {
            view! { <p class="muted">"The method has no options."</p> }.into_any()
        }
        Some(options) => {
            let rows = options.into_iter().map(|(name, value)| {
                view! { <Detail label=name><bdi>{value}</bdi></Detail> }
            });
            let rows = rows.collect_view();
            view! { <DescriptionList>{rows}</DescriptionList> }.into_any()
        }
    };
    let content = view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="Description">{reported(element.description.as_deref())}</Detail>
                <Detail label="Method">{method}</Detail>
                <Detail label="UID">{uid_of(element.uid.as_str())}</Detail>
            </DescriptionList>
        </Section>
        <Section title="Options of the method">{options}</Section>
        {description_form}
        <UsedBy context item=Item::DataElement(uid)/>
        {dialog}
        <Caution title="Deleting a data element destroys its key."
            detail="Nothing that was protected with it can be unprotected again, in no database and in no backup."/>
    };
    let page = DATA_ELEMENTS
        .below(element.name, content)
        .lead(IMMUTABLE)
        .streamed();
    Ok(with_button(page, button))
}
