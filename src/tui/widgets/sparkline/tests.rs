use super::*;
use crate::tui::theme::glyphs::{ASCII, UNICODE};

fn draw(points: &[f64], cells: usize, top: f64) -> String {
    sparkline(points.iter().map(|value| Some(*value).filter(|value| value.is_finite())), cells, top, &UNICODE)
}

#[test]
fn peaks_are_seen_and_gaps_stay_gaps() {
    assert_eq!(draw(&[0.0, 0.0, 0.5, 1.0], 4, 0.0), "▁▁▅█");
    assert_eq!(draw(&[0.0, 1.0, 0.0, 0.0], 2, 0.0), "█▁");
    assert_eq!(draw(&[f64::NAN, f64::NAN, 1.0, f64::NAN], 4, 0.0), "··█·");
    assert_eq!(draw(&[], 3, 1.0), "···");
}

#[test]
fn noise_below_the_top_stays_low() {
    assert_eq!(draw(&[0.0001, 0.0004], 2, 0.01), "▁▁");
    assert_eq!(sparkline([Some(0.0), Some(1.0)].into_iter(), 2, 0.0, &ASCII), "_#");
}
