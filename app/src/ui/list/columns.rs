//! A list by its typed columns: one row a column gives the table, the search, the sort and the file.

use leptos::prelude::*;

use super::state::{CellContent, ColumnSpec, FilterSpec, ListSpec, ListState};
use crate::ui::Denied;

type CellText<T> = Box<dyn Fn(&T) -> String + Send + Sync>;
type CellView<T> = Box<dyn Fn(&T) -> AnyView + Send + Sync>;
type Keeps<T> = Box<dyn Fn(&T, &str) -> bool + Send + Sync>;

/// A column of a list.
pub struct Column<T> {
    spec: ColumnSpec,
    pub(super) text: CellText<T>,
    view: Option<CellView<T>>,
}

impl<T> Column<T> {
    /// A column of a field: its name in the address, its heading, and the field of a row.
    pub fn text(
        key: &'static str,
        title: &'static str,
        field: impl for<'a> Fn(&'a T) -> &'a str + Send + Sync + 'static,
    ) -> Self {
        Self::computed(key, title, move |row| field(row).to_owned())
    }

    /// A column of computed text, which is searched, sorted by and exported. An empty text is shown as a dash.
    pub fn computed(
        key: &'static str,
        title: &'static str,
        text: impl Fn(&T) -> String + Send + Sync + 'static,
    ) -> Self {
        let spec = ColumnSpec {
            key,
            title,
            sortable: true,
            shown: true,
            content: CellContent::Words,
        };
        Self {
            spec,
            text: Box::new(text),
            view: None,
        }
    }

    /// A column of numbers, aligned at the right; `None` where the number is not known.
    pub fn number(
        key: &'static str,
        title: &'static str,
        number: impl Fn(&T) -> Option<usize> + Send + Sync + 'static,
    ) -> Self {
        let mut column = Self::computed(key, title, move |row| {
            number(row)
                .map(|number| crate::ui::grouped(number as u64))
                .unwrap_or_default()
        });
        column.spec.content = CellContent::Numbers;
        column
    }

    /// Shown as this view instead of the plain text.
    #[must_use]
    pub fn cell(mut self, view: impl Fn(&T) -> AnyView + Send + Sync + 'static) -> Self {
        self.view = Some(Box::new(view));
        self
    }

    /// Shown as a link.
    #[must_use]
    pub fn link(self, href: impl Fn(&T) -> String + Send + Sync + 'static) -> Self
    where
        T: 'static,
    {
        let Self { spec, text, .. } = self;
        let text = std::sync::Arc::new(text);
        let shown = std::sync::Arc::clone(&text);
        let view = move |row: &T| view! { <a href=href(row)><bdi>{shown(row)}</bdi></a> }.into_any();
        Self {
            spec,
            text: Box::new(move |row| text(row)),
            view: Some(Box::new(view)),
        }
    }

    /// Of sentences, which take several lines.
    #[must_use]
    pub fn wraps(mut self) -> Self {
        self.spec.content = CellContent::Sentences;
        self
    }

    /// Shown only when it is chosen.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.spec.shown = false;
        self
    }

    /// Not for sorting.
    #[must_use]
    pub fn unsorted(mut self) -> Self {
        self.spec.sortable = false;
        self
    }

    pub(super) fn key(&self) -> &'static str {
        self.spec.key
    }

    pub(super) fn render(&self, row: &T) -> AnyView {
        if let Some(view) = &self.view {
            return view(row);
        }
        match (self.text)(row) {
            text if text.is_empty() => "—".into_any(),
            text => view! { <bdi>{text}</bdi> }.into_any(),
        }
    }
}

/// What can be done with several rows at once. The rows get boxes of the name `ids[]`, which belong to the list's
/// form: searching and paging by it keeps what is ticked.
pub struct Selection<T> {
    /// Where the choice is looked at before anything is done: a page, asked for by GET.
    pub action: std::borrow::Cow<'static, str>,
    /// What identifies a row, and what it is called.
    pub row: Identity<T>,
    /// What there is to do: the value of the button's name `do`, its label, and why it may not be used.
    pub choices: Vec<(&'static str, &'static str, Option<Denied>)>,
}

/// What identifies a row in a form, and what it is called.
pub(super) type Identity<T> = fn(&T) -> (String, String);

/// A list: its address, its columns and filters. Rows at hand are searched, sorted and paged here.
pub struct List<T> {
    pub(super) spec: ListSpec,
    pub(super) columns: Vec<Column<T>>,
    filters: Vec<(&'static str, Keeps<T>)>,
    pub(super) selection: Option<Selection<T>>,
    pub(super) empty: Option<AnyView>,
}

impl<T: Send + Sync + 'static> List<T> {
    /// A list at this address of these things, one and many: `("group", "groups")`. The first column names the row
    /// and is always shown.
    pub fn new(path: impl Into<String>, noun: (&'static str, &'static str), columns: Vec<Column<T>>) -> Self {
        Self {
            spec: ListSpec {
                path: path.into(),
                noun,
                search_label: format!("Search {}", noun.1),
                columns: columns.iter().map(|column| column.spec.clone()).collect(),
                filters: Vec::new(),
                exports: None,
                selectable: false,
                subject: Vec::new(),
            },
            columns,
            filters: Vec::new(),
            selection: None,
            empty: None,
        }
    }

    /// With a filter: its name in the address, its label, its values with their words, and whether a row passes a
    /// value.
    #[must_use]
    pub fn filter<V, W>(
        mut self,
        key: &'static str,
        label: &'static str,
        options: impl IntoIterator<Item = (V, W)>,
        keeps: impl Fn(&T, &str) -> bool + Send + Sync + 'static,
    ) -> Self
    where
        V: Into<std::borrow::Cow<'static, str>>,
        W: Into<std::borrow::Cow<'static, str>>,
    {
        let options = options
            .into_iter()
            .map(|(value, words)| (value.into(), words.into()));
        self.spec.filters.push(FilterSpec {
            key,
            label,
            options: options.collect(),
        });
        self.filters.push((key, Box::new(keeps)));
        self
    }

    /// With a link to `/export{path}.csv`, with `-` for every `/` in the path but the first. The table of routes has to
    /// have it.
    #[must_use]
    pub fn exported(self) -> Self {
        let name = self.spec.path.trim_start_matches('/').replace('/', "-");
        self.exported_at(format!("/export/{name}.csv"))
    }

    /// With a link to a file of another name.
    #[must_use]
    pub fn exported_at(mut self, address: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        self.spec.exports = Some(address.into());
        self
    }

    /// With a value of the address that says whose list it is: searching, sorting and the file keep it.
    #[must_use]
    pub fn about(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.spec.subject.push((key, value.into()));
        self
    }

    /// With boxes, and what can be done with the ticked rows.
    #[must_use]
    pub fn selection(mut self, selection: Selection<T>) -> Self {
        self.spec.selectable = true;
        self.selection = Some(selection);
        self
    }

    /// With this in the place of the rows when there are none at all.
    #[must_use]
    pub fn empty(mut self, empty: impl IntoAny) -> Self {
        self.empty = Some(empty.into_any());
        self
    }

    /// What the address's query asks for.
    pub fn state(&self, query: &str) -> ListState {
        ListState::parse(query, &self.spec)
    }

    /// Whether a filter with this value keeps a row.
    pub fn keeps(&self, row: &T, key: &str, value: &str) -> bool {
        let filter = self.filters.iter().find(|(known, _)| *known == key);
        filter.is_none_or(|(_, keeps)| keeps(row, value))
    }

    pub(super) fn shown<'a>(&'a self, state: &'a ListState) -> impl Iterator<Item = &'a Column<T>> {
        shown(&self.spec, &self.columns, state)
    }
}

/// The columns that this state shows.
pub(super) fn shown<'a, T>(
    spec: &'a ListSpec,
    columns: &'a [Column<T>],
    state: &'a ListState,
) -> impl Iterator<Item = &'a Column<T>> {
    columns.iter().filter(|column| state.shows(spec, column.key()))
}
