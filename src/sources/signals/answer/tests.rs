#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;

fn read(answer: Value) -> Result<Option<Vec<Sampled>>, serde_json::Error> {
    serde_json::from_value::<Answer>(answer).map(Answer::series)
}

#[expect(clippy::needless_pass_by_value, reason = "what is made for it is not used again")]
fn told(data: Value) -> Value {
    json!({ "status": "success", "data": data })
}

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

#[test]
fn vectors_and_matrices_are_read_and_numbers_beyond_json_are_numbers() {
    let vector = told(json!({ "resultType": "vector", "result": [
        { "metric": { "service": "a\u{1b}[2J" }, "value": [1_700_000_000.0, "+Inf"] },
        { "metric": {}, "value": [1_700_000_000, "2.5"] },
        { "metric": {}, "histogram": [1_700_000_000, { "count": "1" }] },
    ] }));
    let series = read(vector).unwrap().unwrap();
    let samples: Vec<Vec<(Timestamp, f64)>> = series.iter().map(|one| one.samples().collect()).collect();
    assert_eq!(samples, [vec![(NOW, f64::INFINITY)], vec![(NOW, 2.5)], vec![]]);
    assert_eq!(series[0].labels(|name| name)[..], [("service".into(), "a^[".into())]);
    // Members in another order, and more of them than are known.
    let matrix = told(json!({ "result": [
        { "values": [[1_699_999_970, "1"], [1_700_000_000, "NaN"], [1_700_000_030, "rubbish"]], "metric": { "b": "2", "a": "1" } },
    ], "stats": {}, "resultType": "matrix" }));
    let series = read(matrix).unwrap().unwrap();
    let samples: Vec<(Timestamp, f64)> = series[0].samples().collect();
    assert!(samples.len() == 2 && samples[1].0 == NOW && samples[1].1.is_nan(), "{samples:?}");
    let renamed = series[0].labels(|name| if name == "b" { "0" } else { name });
    assert_eq!(renamed[..], [("0".into(), "2".into()), ("a".into(), "1".into())]);
}

#[test]
fn a_number_alone_is_no_series_and_what_is_cut_short_is_no_answer() {
    assert!(read(told(json!({ "resultType": "scalar", "result": [1, "2"] }))).unwrap().is_none());
    assert!(read(told(json!({ "resultType": "string", "result": [1, "x"] }))).unwrap().is_none());
    for odd in [
        json!(null),
        json!({}),
        json!({ "status": "success" }),
        told(json!({ "resultType": "matrix" })),
        told(json!({ "result": [] })),
        told(json!({ "resultType": "other", "result": [] })),
        told(json!({ "resultType": "matrix", "result": [{ "values": [["x", 3]] }] })),
        json!({ "data": { "resultType": "matrix", "result": [] } }),
        json!({ "status": "error", "error": "timeout", "data": { "resultType": "matrix", "result": [] } }),
    ] {
        assert!(read(odd.clone()).is_err(), "{odd}");
    }
}
