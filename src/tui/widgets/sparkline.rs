//! A line of points in one row of cells.

use crate::tui::theme::Glyphs;

/// Draws points into so many cells, the newest last: each cell shows the highest of its points, because what hurts is
/// the peak, and a cell without any is a dot. `top` is what fills a cell at least, so that the noise of a quiet service
/// does not look like mountains.
pub fn sparkline(
    points: impl DoubleEndedIterator<Item = Option<f64>> + ExactSizeIterator,
    cells: usize,
    top: f64,
    glyphs: &Glyphs,
) -> String {
    let mut peaks = vec![None::<f64>; cells];
    let len = points.len();
    for (index, value) in points.enumerate().filter_map(|(index, point)| Some((index, point?))) {
        if let Some(peak) = (index * cells).checked_div(len).and_then(|cell| peaks.get_mut(cell)) {
            *peak = Some(peak.map_or(value, |peak| peak.max(value)));
        }
    }
    let top = peaks.iter().flatten().copied().fold(top, f64::max);
    let glyph = |peak: &Option<f64>| peak.map_or(glyphs.dot, |peak| glyphs.levels[level(peak, top)]);
    peaks.iter().map(glyph).collect()
}

/// Which of the eight levels a value has below a top.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a level is within 0 and 7")]
pub fn level(value: f64, top: f64) -> usize {
    if top <= 0.0 { 0 } else { ((value / top).clamp(0.0, 1.0) * 7.0).round() as usize }
}

#[cfg(test)]
mod tests;
