//! The metrics in the text format of Prometheus: a pod's own, and those of its containers as a kubelet tells them.

use std::fmt::Write;

use crate::fleet::{Fleet, Played};
use crate::pods::Pod;
use crate::tally::{BOUNDS, CODES};

/// What a pod tells of itself.
pub(crate) fn of_pod(played: &Played) -> String {
    let tally = played.tally();
    let mut text = String::from("# TYPE http_requests_total counter\n");
    let mut add = |line: std::fmt::Arguments<'_>| writeln!(text, "{line}").expect("a string takes everything");
    for (code, answers) in CODES.iter().zip(&tally.answers) {
        add(format_args!(r#"http_requests_total{{code="{code}",method="GET"}} {}"#, answers.count()));
    }
    add(format_args!("# TYPE http_request_duration_seconds histogram"));
    for (code, answers) in CODES.iter().zip(&tally.answers) {
        let labels = format!(r#"code="{code}",method="GET""#);
        let mut below = 0;
        for (bound, count) in BOUNDS.iter().zip(&answers.buckets) {
            below += count;
            add(format_args!(r#"http_request_duration_seconds_bucket{{{labels},le="{bound}"}} {below}"#));
        }
        let count = answers.count();
        add(format_args!(r#"http_request_duration_seconds_bucket{{{labels},le="+Inf"}} {count}"#));
        add(format_args!("http_request_duration_seconds_sum{{{labels}}} {}", answers.seconds));
        add(format_args!("http_request_duration_seconds_count{{{labels}}} {count}"));
    }
    text
}

/// What a kubelet tells of all containers. As there, each pod has besides a sum of them under no container's name.
pub(crate) fn of_containers(fleet: &Fleet) -> String {
    let all = fleet.present();
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, value: &dyn Fn(&Played, u64) -> f64| {
        writeln!(text, "# TYPE {name} {kind}").expect("a string takes everything");
        for played in &all {
            let Pod { namespace, name: pod, containers, .. } = &played.pod;
            let mut sum = 0.0;
            for (container, limit) in containers {
                let told = value(played, *limit);
                sum += told;
                writeln!(text, r#"{name}{{namespace="{namespace}",pod="{pod}",container="{container}"}} {told}"#)
                    .expect("a string takes everything");
            }
            writeln!(text, r#"{name}{{namespace="{namespace}",pod="{pod}",container=""}} {sum}"#)
                .expect("a string takes everything");
        }
    };
    family("container_cpu_usage_seconds_total", "counter", &|played, _| played.tally().cpu());
    family("container_memory_working_set_bytes", "gauge", &|_, limit| whole(Pod::allowance(limit) / 100 * 45));
    family("container_spec_memory_limit_bytes", "gauge", &|_, limit| whole(limit));
    text
}

/// A number of bytes as Prometheus has it.
#[expect(clippy::cast_precision_loss, reason = "no memory here has so many bytes that it matters")]
fn whole(bytes: u64) -> f64 {
    bytes as f64
}
