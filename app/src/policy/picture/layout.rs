//! Where the boxes and lines of the picture are. Nothing here depends on how wide a letter is.

use std::collections::BTreeMap;

use super::diagram::{Diagram, Kind};

pub(super) const BOX_WIDTH: u32 = 196;
pub(super) const BOX_HEIGHT: u32 = 40;
const BOX_GAP: u32 = 10;
/// Four columns fit into the content of a window of 1280 pixels.
const COLUMN_GAP: u32 = 78;
const GROUP_GAP: u32 = 26;
const HEADING: u32 = 28;
const MARGIN: u32 = 6;
/// How far a short column moves down towards the middle of a tall one, at most.
const MAX_DROP: u32 = 180;

/// The groups of boxes in each column, from left to right. Lines join neighbouring columns only.
const COLUMNS: [&[Kind]; 4] = [
    &[Kind::Role],
    &[Kind::Policy],
    &[Kind::DataElement, Kind::DataStore],
    &[Kind::Application],
];

/// A place in the picture, in units of which 16 are as long as the height of a letter in the page's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Point {
    pub x: u32,
    pub y: u32,
}

/// A line from the side of one box to the side of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub from: Point,
    pub to: Point,
}

/// The places of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub width: u32,
    pub height: u32,
    /// The base line of the heading of each group that has boxes.
    pub headings: Vec<(Kind, Point)>,
    /// The upper left corner of each box, in the order of the diagram's nodes.
    pub boxes: Vec<Point>,
    /// In the order of the diagram's edges.
    pub lines: Vec<Line>,
}

/// Puts each kind into its column.
pub(super) fn layout(diagram: &Diagram) -> Layout {
    let columns = COLUMNS.map(|kinds| {
        let groups = kinds.iter().map(|kind| (*kind, ordered(diagram, *kind)));
        groups.filter(|(_, nodes)| !nodes.is_empty()).collect::<Vec<_>>()
    });
    let tallest = columns.iter().map(|groups| height(groups)).max().unwrap_or(0);
    let mut layout = Layout {
        height: tallest + 2 * MARGIN,
        boxes: vec![Point::default(); diagram.nodes.len()],
        ..Layout::default()
    };
    let mut x = MARGIN;
    for groups in columns.iter().filter(|groups| !groups.is_empty()) {
        let mut y = MARGIN + ((tallest - height(groups)) / 2).min(MAX_DROP);
        for (at, (kind, nodes)) in groups.iter().enumerate() {
            if at > 0 {
                y += GROUP_GAP;
            }
            layout.headings.push((*kind, Point { x, y: y + 18 }));
            y += HEADING;
            for node in nodes {
                layout.boxes[*node] = Point { x, y };
                y += BOX_HEIGHT + BOX_GAP;
            }
        }
        layout.width = x + BOX_WIDTH + MARGIN;
        x += BOX_WIDTH + COLUMN_GAP;
    }
    let ends = diagram.edges.iter();
    layout.lines = ends
        .map(|(from, to)| line(layout.boxes[*from], layout.boxes[*to]))
        .collect();
    layout
}

/// The height of a column, without the gap below its last box.
fn height(groups: &[(Kind, Vec<usize>)]) -> u32 {
    let of_group = |(_, nodes): &(Kind, Vec<usize>)| {
        let boxes = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
        HEADING + boxes * (BOX_HEIGHT + BOX_GAP)
    };
    let groups_height: u32 = groups.iter().map(of_group).sum();
    let gaps = u32::try_from(groups.len()).unwrap_or(0).saturating_sub(1);
    groups_height + gaps * GROUP_GAP
}

/// The boxes of a kind from top to bottom. Policies are in the order of the diagram; other boxes are about as high as
/// what they are joined with, so that fewer lines cross.
fn ordered(diagram: &Diagram, kind: Kind) -> Vec<usize> {
    let nodes: Vec<_> = diagram.of_kind(kind).collect();
    let anchor = match kind {
        Kind::Policy => return nodes,
        Kind::Application => Kind::DataStore,
        Kind::Role | Kind::DataElement | Kind::DataStore => Kind::Policy,
    };
    let anchors = match anchor {
        Kind::DataStore => ordered(diagram, anchor),
        _ => diagram.of_kind(anchor).collect(),
    };
    let places: BTreeMap<_, _> = anchors.iter().enumerate().map(|(at, node)| (*node, at)).collect();
    // In thousandths of a box; what is joined with nothing comes last, and the box for the others after it.
    let middle = |node: usize| {
        let joined = diagram.joined(node, anchor);
        let sum: usize = joined.iter().filter_map(|other| places.get(other)).sum();
        (sum * 1000).checked_div(joined.len()).unwrap_or(usize::MAX)
    };
    let mut ordered = nodes;
    ordered.sort_by_cached_key(|node| (diagram.nodes[*node].is_rest, middle(*node), *node));
    ordered
}

/// A line between the sides of two boxes that face each other.
fn line(from: Point, to: Point) -> Line {
    let right = |corner: Point| Point {
        x: corner.x + BOX_WIDTH,
        y: corner.y + BOX_HEIGHT / 2,
    };
    let left = |corner: Point| Point {
        x: corner.x,
        y: corner.y + BOX_HEIGHT / 2,
    };
    if from.x < to.x {
        Line {
            from: right(from),
            to: left(to),
        }
    } else {
        Line {
            from: left(from),
            to: right(to),
        }
    }
}

impl Line {
    /// The curve as the attribute `d` of a path: it leaves and reaches the boxes at a right angle.
    pub fn path(self) -> String {
        let Self { from, to } = self;
        let middle = u32::midpoint(from.x, to.x);
        format!(
            "M{} {}C{middle} {} {middle} {} {} {}",
            from.x, from.y, from.y, to.y, to.x, to.y
        )
    }
}
