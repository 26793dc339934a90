//! `/policy/alphabets/new` and `/policy/alphabets/{uid}`: the characters that a Unicode token is made of.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    policy::{
        MAX_NAME,
        alphabets::{self, AlphabetForm, count, look, shown},
    },
    text::grouped,
};
use protegrity::pim::{AlphabetUid, CodePoint, CodePointRange, Item, ItemKind};
use server_fn::ServerFn;

use super::{
    begin,
    items::{Deletion, deletion, with_button},
    object::{ALPHABETS, TryButton, reported, uid_of, value},
    used_by::UsedBy,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    ui::{
        DescriptionList, Detail, EmptyState, PostForm, Section, SubmitButton, Table, TextAreaField, TextField,
    },
};

/// Creates an alphabet.
#[server(prefix = "/api", endpoint = "policy/alphabets/create")]
pub async fn create_alphabet(#[server(flatten)] form: AlphabetForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::CreateAlphabet, Target::portal()).await?;
    Ok(ALPHABETS.created(&alphabets::create(&operation, &form).await?))
}

/// `/policy/alphabets/new`
pub async fn new(context: RequestContext) -> PageResult {
    context.permit(Action::CreateAlphabet).await?;
    let fields = context.fields(CreateAlphabet::url());
    let error = fields.error();
    let value = |name: &str| value(&context, &fields, name, "");
    let form = AlphabetForm {
        label: value("label"),
        ranges: value("ranges"),
        code_points: value("code_points"),
    };
    let characters = form.preview().map(|alphabet| {
        view! { <Characters ranges=Some(alphabet.ranges) code_points=Some(alphabet.code_points)/> }
    });
    let content = view! {
        <PostForm action=CreateAlphabet::url() error=error.clone() class="form page">
            <TextField name="label" label="Label" required=true maxlength=MAX_NAME value=form.label
                hint="The name of the alphabet, which the API calls its label." error=error.clone()/>
            <TextAreaField name="ranges" label="Ranges" rows=4 value=form.ranges error=error.clone()
                hint="One a line: the first and the last character as hexadecimal code points, such as 0041-005A for A to Z."/>
            <TextAreaField name="code_points" label="Single characters" rows=2 value=form.code_points error
                hint="As hexadecimal code points with spaces or commas between them, such as 00E4 00F6 00FC for ä ö ü."/>
            <div class="form-actions">
                <a class="button" href=ALPHABETS.list>"Cancel"</a>
                <SubmitButton label="Create alphabet"/>
                <TryButton label="Show characters" page=ALPHABETS.form()/>
            </div>
        </PostForm>
        {characters}
    };
    let lead =
        "A data element with a Unicode Gen2 token needs one. Characters from U+0020 to U+3FFFF can be in it.";
    Ok(ALPHABETS.below(ALPHABETS.new_label(), content).lead(lead))
}

/// `/policy/alphabets/{uid}`
pub async fn detail(context: RequestContext) -> PageResult {
    let uid: AlphabetUid = ALPHABETS.uid(context.param("uid"))?;
    let operation = begin(&context).await?;
    let alphabet = alphabets::alphabet(&operation, &uid).await?;
    let Deletion { button, dialog } = deletion(
        &context,
        &operation,
        ItemKind::Alphabet,
        uid.as_str(),
        &alphabet.label,
    )
    .await;
    let content = view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="UID">{uid_of(alphabet.uid.as_str())}</Detail>
            </DescriptionList>
        </Section>
        <Characters ranges=alphabet.ranges code_points=alphabet.code_points/>
        <UsedBy context item=Item::Alphabet(uid)/>
        {dialog}
    };
    Ok(with_button(
        ALPHABETS.below(alphabet.label, content).streamed(),
        button,
    ))
}

/// The ranges and the single characters; `None` is not known.
#[component]
fn Characters(ranges: Option<Vec<CodePointRange>>, code_points: Option<Vec<CodePoint>>) -> impl IntoView {
    if ranges.as_ref().is_some_and(Vec::is_empty) && code_points.as_ref().is_some_and(Vec::is_empty) {
        return view! {
            <Section title="Characters">
                <EmptyState title="No characters" hint="A token cannot be made of this alphabet."/>
            </Section>
        }
        .into_any();
    }
    let unknown = |what: &str, is_unknown: bool| {
        is_unknown.then(|| {
            let what = format!("{what}: ");
            view! { <p>{what}{reported(None)}</p> }
        })
    };
    let notes = [
        unknown("Ranges", ranges.is_none()),
        unknown("Single characters", code_points.is_none()),
    ];
    let ranges = ranges.into_iter().flatten().map(|range| {
        let points = format!("{}–{}", range.from, range.to);
        row(points, grouped(count(range) as u64), shown(range))
    });
    let points = code_points.into_iter().flatten();
    let points = points.map(|point| row(point.to_string(), "1".to_owned(), look(point.character())));
    let rows = ranges.chain(points).collect_view();
    view! {
        <Section title="Characters">
            {notes.into_iter().flatten().collect_view()}
            <Table label="Characters of the alphabet" columns=&["Code points", "Count", "Characters"]>{rows}</Table>
        </Section>
    }
    .into_any()
}

fn row(points: String, count: String, characters: String) -> AnyView {
    view! {
        <tr>
            <th scope="row"><code>{points}</code></th>
            <td>{count}</td>
            <td class="wraps"><bdi>{characters}</bdi></td>
        </tr>
    }
    .into_any()
}
