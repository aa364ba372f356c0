//! A chart in a few rows: axes with units, gaps as gaps, changes as marks, and a cursor that reads a value.

use jiff::Timestamp;
use ratatui::layout::Rect;

use crate::domain::metric::{Grid, Points, Unit};
use crate::tui::paint::{Painter, cells};
use crate::tui::theme::Role;
use crate::tui::widgets::words;

/// How wide the words beside the vertical axis are.
const GUTTER: u16 = 7;

/// The least room in which a chart says something.
pub const LEAST: (u16, u16) = (24, 4);

/// What a chart shows.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What is measured.
    pub title: &'static str,
    /// In which unit.
    pub unit: Unit,
    /// The points.
    pub points: Points,
    /// Another time's points, to compare with.
    pub before: Option<Points>,
    /// Their moments.
    pub grid: Grid,
    /// From which value on it is a matter for somebody, and how loud.
    pub limits: Vec<(f64, Role)>,
    /// Changes that happened meanwhile, each with a word.
    pub marks: Vec<(Timestamp, String)>,
    /// How old the numbers are, where that is worth a word.
    pub age: Option<String>,
}

/// Draws a chart; `cursor` is the point that is read.
pub fn render(painter: &mut Painter<'_>, area: Rect, chart: &Chart, cursor: Option<usize>) {
    if area.width < LEAST.0 || area.height < LEAST.1 {
        return;
    }
    title(painter, area, chart, cursor);
    let top = nice(chart.highest());
    let plot = Rect { x: area.x + GUTTER, y: area.y + 1, width: area.width - GUTTER, height: area.height - 2 };
    axes(painter, area, plot, chart, top);
    marks(painter, plot, chart);
    for column in 0..plot.width {
        draw_column(painter, plot, column, chart, top);
    }
    if let Some(x) = cursor.map(|index| column_of(index, chart.points.len(), plot.width)) {
        for y in plot.y..plot.bottom() {
            painter.text(plot.x + x, y, 1, Role::Accent, painter.glyphs().separator);
        }
    }
    // Over the cursor, which is still seen below it.
    words_of_marks(painter, plot, chart);
}

impl Chart {
    /// The largest value that is shown.
    fn highest(&self) -> f64 {
        let before = self.before.as_ref().and_then(Points::most);
        self.points.most().into_iter().chain(before).fold(0.0, f64::max)
    }

    fn role(&self, value: f64) -> Role {
        let reached = self.limits.iter().filter(|(limit, _)| value >= *limit);
        reached.max_by(|one, other| one.0.total_cmp(&other.0)).map_or(Role::Muted, |(_, role)| *role)
    }
}

/// The name, and the newest value or the one that is read.
fn title(painter: &mut Painter<'_>, area: Rect, chart: &Chart, cursor: Option<usize>) {
    let end = painter.text(area.x, area.y, area.width, Role::Title, chart.title);
    let dash = painter.glyphs().dash;
    let (value, when) = match cursor {
        Some(index) => (chart.points.get(index), format!("at {}", words::clock(chart.grid.at(index)))),
        None => (chart.points.last(), chart.age.clone().unwrap_or_default()),
    };
    let told = value.map_or_else(|| dash.to_owned(), |value| chart.unit.figure(value));
    let role = match value {
        Some(value) if cursor.is_some() || chart.age.is_none() => match chart.role(value) {
            Role::Muted => Role::Text,
            role => role,
        },
        _ => Role::Muted,
    };
    let end = painter.text(end + 2, area.y, area.right().saturating_sub(end + 2), role, &told);
    let before = chart.before.as_ref().map(|before| {
        let value = cursor.map_or_else(|| before.last(), |index| before.get(index));
        value.map_or_else(|| dash.to_owned(), |value| chart.unit.figure(value))
    });
    let room = usize::from(area.right().saturating_sub(end));
    painter.text(end, area.y, area.right().saturating_sub(end), Role::Muted, &behind(&when, before.as_deref(), room));
}

/// What stands behind the value, as much of it as fits: when it was read, and what it was a week ago. That of the week
/// goes last, since nothing else tells it, and nothing of it is cut.
fn behind(when: &str, before: Option<&str>, room: usize) -> String {
    let when = if when.is_empty() { String::new() } else { format!("  {when}") };
    let Some(before) = before else { return when };
    let [long, short] = ["a week ago", "week ago"].map(|ago| format!("  {ago} {before}"));
    let all = [format!("{when}{long}"), long, short];
    all.into_iter().find(|words| cells(words) <= room).unwrap_or_default()
}

/// The numbers beside and below.
fn axes(painter: &mut Painter<'_>, area: Rect, plot: Rect, chart: &Chart, top: f64) {
    let right = plot.x - 1;
    painter.right(right, plot.y, GUTTER - 1, Role::Muted, &chart.unit.figure(top));
    if plot.height >= 4 {
        painter.right(right, plot.y + plot.height / 2, GUTTER - 1, Role::Muted, &chart.unit.figure(top / 2.0));
    }
    painter.right(right, plot.bottom() - 1, GUTTER - 1, Role::Muted, "0");
    let y = area.bottom() - 1;
    let (start, end) = (words::clock(chart.grid.start()), words::clock(chart.grid.end));
    painter.text(plot.x, y, plot.width, Role::Muted, &start);
    painter.right(plot.right(), y, 5, Role::Muted, &end);
    if plot.width >= 30 {
        let middle = words::clock(chart.grid.at(chart.grid.len / 2));
        painter.text(plot.x + plot.width / 2 - 2, y, 5, Role::Muted, &middle);
    }
}

/// The changes, as lines through the whole chart.
fn marks(painter: &mut Painter<'_>, plot: Rect, chart: &Chart) {
    for (at, _) in &chart.marks {
        let Some(index) = chart.grid.index(*at) else { continue };
        let x = plot.x + column_of(index, chart.points.len(), plot.width);
        for y in plot.y..plot.bottom() {
            painter.text(x, y, 1, Role::Change, painter.glyphs().separator);
        }
    }
}

/// The words of the changes, beside their lines on the side where there is room.
fn words_of_marks(painter: &mut Painter<'_>, plot: Rect, chart: &Chart) {
    for (at, word) in &chart.marks {
        let Some(index) = chart.grid.index(*at) else { continue };
        let x = column_of(index, chart.points.len(), plot.width);
        let width = u16::try_from(cells(word)).unwrap_or(u16::MAX);
        if width < x {
            painter.right(plot.x + x, plot.y, width, Role::Change, word);
        } else if x + 1 + width <= plot.width {
            painter.text(plot.x + x + 1, plot.y, width, Role::Change, word);
        }
    }
}

/// One column: as high as the highest of its points.
fn draw_column(painter: &mut Painter<'_>, plot: Rect, column: u16, chart: &Chart, top: f64) {
    let glyphs = painter.glyphs();
    let x = plot.x + column;
    let peak = |points: &Points| {
        let (from, to) = range_of(column, points.len(), plot.width);
        (from..to).filter_map(|index| points.get(index)).reduce(f64::max)
    };
    match peak(&chart.points) {
        None => drop(painter.text(x, plot.bottom() - 1, 1, Role::Faint, glyphs.dot)),
        Some(value) => {
            let eighths = eighths(value, top, plot.height);
            let role = chart.role(value);
            for row in 0..plot.height {
                let filled = eighths.saturating_sub(row * 8).min(8);
                if let Some(level) = usize::from(filled).checked_sub(1) {
                    painter.text(x, plot.bottom() - 1 - row, 1, role, glyphs.levels[level]);
                }
            }
        }
    }
    if let Some(value) = chart.before.as_ref().and_then(peak) {
        let row = eighths(value, top, plot.height).saturating_sub(1) / 8;
        painter.text(x, plot.bottom() - 1 - row, 1, Role::Text, glyphs.dash);
    }
}

/// How many eighths of a row a value fills; what is no 0 fills one at least.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within the plot")]
fn eighths(value: f64, top: f64, height: u16) -> u16 {
    if top <= 0.0 {
        return 1;
    }
    let most = f64::from(height) * 8.0;
    ((value / top * most).round().clamp(1.0, most)) as u16
}

/// The points that a column shows: where there are fewer points than columns, each is shown by several.
fn range_of(column: u16, len: usize, width: u16) -> (usize, usize) {
    let (column, width) = (usize::from(column), usize::from(width.max(1)));
    let from = column * len / width;
    (from, ((column + 1) * len).div_ceil(width).max(from + 1).min(len.max(from + 1)))
}

/// The column of a point.
fn column_of(index: usize, len: usize, width: u16) -> u16 {
    let column = (index * usize::from(width) + usize::from(width) / 2).checked_div(len.max(1)).unwrap_or(0);
    u16::try_from(column).unwrap_or(u16::MAX).min(width.saturating_sub(1))
}

/// The next round number.
fn nice(highest: f64) -> f64 {
    if highest <= 0.0 {
        return 1.0;
    }
    let scale = 10f64.powf(highest.log10().floor());
    let steps = [1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 10.0];
    steps.iter().map(|step| step * scale).find(|top| *top >= highest * 0.999_999).unwrap_or(highest)
}

#[cfg(test)]
mod tests;
