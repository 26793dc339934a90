//! The fields of forms: label, control, hint and message, wired together.

use leptos::prelude::*;

use super::MaybeText;
use crate::error::PortalError;

/// What is typed into a text field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// Anything.
    #[default]
    Text,
    /// An e-mail address.
    Email,
    /// A password: never rendered back.
    Password,
    /// Something to search for.
    Search,
    /// A whole number.
    Number,
    /// The address of something on the web.
    Url,
}

impl FieldKind {
    const fn html(self) -> &'static str {
        match self {
            // A number too: what is mistyped into `number` never reaches the portal, and is lost.
            Self::Text | Self::Number => "text",
            Self::Email => "email",
            Self::Password => "password",
            Self::Search => "search",
            Self::Url => "url",
        }
    }
}

/// The ids and the state that hang together around one field.
struct Wiring {
    id: String,
    hint: Option<String>,
    message: Option<String>,
    name: String,
}

impl Wiring {
    fn new(prefix: &str, name: &str, hint: MaybeText, error: Option<&PortalError>) -> Self {
        let message = error.and_then(|error| error.fields.iter().find(|field| field.field == name));
        let id = format!("{}{name}", if prefix.is_empty() { "field-" } else { prefix });
        Self {
            id,
            hint: hint.0,
            message: message.map(|field| field.message.clone()),
            name: name.to_owned(),
        }
    }

    fn is_invalid(&self) -> bool {
        self.message.is_some()
    }

    /// For `aria-invalid`, which is left out when there is nothing to say.
    fn invalid(&self) -> Option<&'static str> {
        self.message.as_ref().map(|_| "true")
    }

    /// For `aria-describedby`. The message's element is always there, for the island to fill.
    fn described_by(&self) -> String {
        let id = &self.id;
        if self.hint.is_some() {
            format!("{id}-hint {id}-error")
        } else {
            format!("{id}-error")
        }
    }

    /// Hint and message, below the control.
    fn notes(self) -> impl IntoView {
        let Self {
            id,
            hint,
            message,
            name,
        } = self;
        let hint_id = format!("{id}-hint");
        view! {
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            <p class="field-error" id=format!("{id}-error") data-error-for=name>{message}</p>
        }
    }
}

/// One line of text.
#[component]
pub fn TextField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What it holds.
    #[prop(optional, into)]
    value: String,
    /// What to know before typing.
    #[prop(optional, into)]
    hint: MaybeText,
    /// What is typed.
    #[prop(optional)]
    kind: FieldKind,
    /// Whether it must not stay empty.
    #[prop(optional)]
    required: bool,
    /// Whether it is only shown.
    #[prop(optional)]
    readonly: bool,
    /// What the browser may fill in.
    #[prop(optional, into)]
    autocomplete: MaybeText,
    /// The most characters.
    #[prop(optional)]
    maxlength: Option<usize>,
    /// The form's error, from which it takes its own message.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
    /// Begins its ids, to set them apart from a field of the same name in another form: `again-`.
    #[prop(optional, into)]
    id_prefix: String,
) -> AnyView {
    let wiring = Wiring::new(&id_prefix, &name, hint, error.as_ref());
    let value = (kind != FieldKind::Password).then_some(value);
    view! {
        <div class="field">
            <label for=wiring.id.clone()>{label}</label>
            <input
                type=kind.html()
                inputmode=(kind == FieldKind::Number).then_some("numeric")
                id=wiring.id.clone()
                name=name
                value=value
                required=required
                readonly=readonly
                autocomplete=autocomplete.0.unwrap_or_else(|| "off".to_owned())
                maxlength=maxlength.map(|most| most.to_string())
                dir="auto"
                autofocus=wiring.is_invalid()
                aria-invalid=wiring.invalid()
                aria-describedby=wiring.described_by()
           />
            {wiring.notes()}
        </div>
    }
    .into_any()
}

/// Several lines of text.
#[component]
pub fn TextAreaField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What it holds.
    #[prop(optional, into)]
    value: String,
    /// What to know before typing.
    #[prop(optional, into)]
    hint: MaybeText,
    /// Whether it must not stay empty.
    #[prop(optional)]
    required: bool,
    /// How many lines are in sight.
    #[prop(default = 3)]
    rows: u32,
    /// The form's error, from which it takes its own message.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
    /// Begins its ids, to set them apart from a field of the same name in another form: `again-`.
    #[prop(optional, into)]
    id_prefix: String,
) -> AnyView {
    let wiring = Wiring::new(&id_prefix, &name, hint, error.as_ref());
    view! {
        <div class="field">
            <label for=wiring.id.clone()>{label}</label>
            <textarea
                id=wiring.id.clone()
                name=name
                rows=rows
                dir="auto"
                required=required
                autofocus=wiring.is_invalid()
                aria-invalid=wiring.invalid()
                aria-describedby=wiring.described_by()
            >
                {escaped(&value)}
            </textarea>
            {wiring.notes()}
        </div>
    }
    .into_any()
}

/// A text as the content of a text area, which Leptos writes as it is.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A file. What it holds is sent as text under the field's name.
#[component]
pub fn FileField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// Which files the browser offers.
    accept: &'static str,
    /// What to know before choosing.
    #[prop(optional, into)]
    hint: MaybeText,
    /// The form's error, from which it takes its own message.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
) -> AnyView {
    let wiring = Wiring::new("", &name, hint, error.as_ref());
    view! {
        <div class="field">
            <label for=wiring.id.clone()>{label}</label>
            <input
                type="file"
                id=wiring.id.clone()
                name=name
                accept=accept
                required
                autofocus=wiring.is_invalid()
                aria-invalid=wiring.invalid()
                aria-describedby=wiring.described_by()
           />
            {wiring.notes()}
        </div>
    }
    .into_any()
}

/// Yes or no. Unchecked, it sends nothing.
#[component]
pub fn CheckField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// The value it sends, when several boxes share a name.
    #[prop(optional, into)]
    value: String,
    /// Whether it is checked.
    #[prop(optional)]
    checked: bool,
    /// What to know before checking it.
    #[prop(optional, into)]
    hint: MaybeText,
    /// The form's error, from which it takes its own message.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
    /// Begins its ids, to set them apart from a field of the same name in another form: `again-`.
    #[prop(optional, into)]
    id_prefix: String,
) -> AnyView {
    let mut wiring = Wiring::new(&id_prefix, &name, hint, error.as_ref());
    let value = if value.is_empty() {
        "true".to_owned()
    } else {
        wiring.id = format!("{}-{value}", wiring.id);
        value
    };
    view! {
        <div class="field check">
            <input
                type="checkbox"
                id=wiring.id.clone()
                name=name
                value=value
                checked=checked
                aria-invalid=wiring.invalid()
                aria-describedby=wiring.described_by()
           />
            <label for=wiring.id.clone()>{label}</label>
            {wiring.notes()}
        </div>
    }
    .into_any()
}

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// What to know before choosing it; shown by [`RadioGroup`].
    pub hint: Option<String>,
}

impl Choice {
    /// A choice that needs no explanation.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: None,
        }
    }
}

/// One of many, in a line.
#[component]
pub fn SelectField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What there is to choose.
    choices: Vec<Choice>,
    /// The value that is chosen.
    #[prop(optional, into)]
    value: String,
    /// What to know before choosing.
    #[prop(optional, into)]
    hint: MaybeText,
    /// Whether the empty value is not enough.
    #[prop(optional)]
    required: bool,
    /// The form's error, from which it takes its own message.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
    /// Begins its ids, to set them apart from a field of the same name in another form: `again-`.
    #[prop(optional, into)]
    id_prefix: String,
) -> AnyView {
    let wiring = Wiring::new(&id_prefix, &name, hint, error.as_ref());
    view! {
        <div class="field">
            <label for=wiring.id.clone()>{label}</label>
            <select
                id=wiring.id.clone()
                name=name
                required=required
                autofocus=wiring.is_invalid()
                aria-invalid=wiring.invalid()
                aria-describedby=wiring.described_by()
            >
                {choices
                    .into_iter()
                    .map(|choice| {
                        let selected = choice.value == value;
                        view! {
                            <option value=choice.value selected=selected>
                                {choice.label}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            {wiring.notes()}
        </div>
    }
    .into_any()
}

/// One of a few, all in sight.
#[component]
pub fn RadioGroup(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// What there is to choose.
    choices: Vec<Choice>,
    /// The value that is chosen.
    #[prop(optional, into)]
    value: String,
    /// What to know before choosing.
    #[prop(optional, into)]
    hint: MaybeText,
    /// The form's error, from which it takes its own message.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
    /// Begins its ids, to set them apart from a field of the same name in another form: `again-`.
    #[prop(optional, into)]
    id_prefix: String,
) -> AnyView {
    let wiring = Wiring::new(&id_prefix, &name, hint, error.as_ref());
    let radios = choices
        .into_iter()
        .map(|choice| {
            let id = format!("{}-{}", wiring.id, choice.value);
            let hint_id = choice.hint.as_ref().map(|_| format!("{id}-hint"));
            let checked = choice.value == value;
            view! {
                <div class="check">
                    <input
                        type="radio"
                        id=id.clone()
                        name=name.clone()
                        value=choice.value
                        checked=checked
                        aria-describedby=hint_id.clone()
                   />
                    <label for=id>{choice.label}</label>
                    {choice.hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
                </div>
            }
        })
        .collect_view();
    let described_by = wiring.described_by();
    view! {
        <fieldset class="field" aria-describedby=described_by>
            <legend>{label}</legend>
            {radios}
            {wiring.notes()}
        </fieldset>
    }
    .into_any()
}
