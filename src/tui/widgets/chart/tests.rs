use jiff::SignedDuration;
use ratatui::buffer::Buffer;

use super::*;
use crate::tui::test_support::Stage;

fn points(values: &[f64]) -> Points {
    let mut points = Points::gaps(values.len());
    values.iter().enumerate().for_each(|(index, value)| points.set(index, *value));
    points
}

fn chart(values: &[f64]) -> Chart {
    let now = Timestamp::constant(1_700_000_000, 0);
    Chart {
        title: "Error ratio",
        unit: Unit::Ratio,
        points: points(values),
        before: None,
        grid: Grid::before(now, SignedDuration::from_secs(30), values.len()),
        limits: vec![(0.01, Role::Attention), (0.05, Role::Bad)],
        marks: Vec::new(),
        age: None,
    }
}

fn draw(chart: &Chart, size: (u16, u16), cursor: Option<usize>) -> Vec<String> {
    let area = Rect { x: 0, y: 0, width: size.0, height: size.1 };
    let mut buffer = Buffer::empty(area);
    render(&mut Painter::new(&mut buffer, &Stage::new().look), area, chart, cursor);
    let line = |y| (0..area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..area.height).map(line).collect()
}

#[test]
fn a_chart_has_axes_with_units_and_its_gaps_stay_gaps() {
    let mut values = vec![0.0; 17];
    values[8] = f64::NAN;
    values[16] = 0.072;
    let lines = draw(&chart(&values), (24, 6), None);
    assert_eq!(lines[0], "Error ratio  7.20 %");
    assert!(lines[1].starts_with("8.00 %"), "{lines:#?}");
    assert!(lines[4].starts_with("     0 ▁▁▁▁▁▁▁▁·▁"), "{lines:#?}");
    assert!(lines[2].ends_with('▇') || lines[2].ends_with('█'), "{lines:#?}");
    assert_eq!(lines[5], "       22:05       22:13");
}

#[test]
fn the_cursor_reads_a_value_and_a_change_is_named() {
    let mut chart = chart(&[0.0, 0.0, 0.03, 0.04, 0.05]);
    chart.marks = vec![(chart.grid.at(2), "1.5.0".to_owned())];
    let lines = draw(&chart, (40, 6), Some(3));
    assert_eq!(lines[0], "Error ratio  4.00 %  at 22:12");
    assert!(lines[1].contains("1.5.0│"), "{lines:#?}");
    chart.marks[0].1 = "1.5.0-rc1".to_owned();
    let lines = draw(&chart, (40, 6), Some(1));
    assert!(lines[1].contains("1.5.0-rc1│"), "the word stays whole where the cursor crosses it: {lines:#?}");
    assert_eq!(lines[2].chars().nth(7 + 9), Some('│'), "{lines:#?}");
}

#[test]
fn round_numbers_are_at_the_top() {
    for (highest, top) in [(0.0, 1.0), (0.072, 0.08), (1.0, 1.0), (412.0, 500.0), (1_880.0, 2_000.0)] {
        assert!((nice(highest) - top).abs() < 1e-9, "{highest}: {}", nice(highest));
    }
}

#[test]
fn every_point_is_shown_by_some_column_and_no_column_reaches_beyond() {
    for len in [1usize, 7, 61, 200] {
        for width in [1u16, 10, 33, 61, 120] {
            let mut shown = vec![false; len];
            for column in 0..width {
                let (from, to) = range_of(column, len, width);
                assert!(from < to && to <= len, "{len} {width} {column}: {from}..{to}");
                shown[from..to].fill(true);
            }
            assert!(shown.into_iter().all(|is_shown| is_shown), "{len} {width}");
        }
    }
}

#[test]
fn what_it_was_a_week_ago_is_told_whole_or_not_at_all() {
    let mut chart = chart(&[0.01, 0.0805]);
    chart.before = Some(points(&[0.002, 0.0024]));
    let title = |width: u16, cursor: Option<usize>| draw(&chart, (width, 6), cursor)[0].clone();
    assert_eq!(title(60, Some(0)), "Error ratio  1.00 %  at 22:12  a week ago 0.20 %");
    assert_eq!(title(40, Some(0)), "Error ratio  1.00 %  a week ago 0.20 %", "the line of numbers says when");
    assert_eq!(title(37, None), "Error ratio  8.05 %  week ago 0.24 %");
    assert_eq!(title(30, None), "Error ratio  8.05 %");
}
