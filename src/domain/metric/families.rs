//! Families of templates: how one way of instrumenting answers for each measure, in PromQL with places to fill.
//!
//! A template may hold `$by` (the labels that series are told apart by), `$scope` (what narrows them), `$window` (over
//! how long a rate is taken), `$code` (the label with the status of an answer) and `$quantile`.

use super::Measure;
use crate::domain::service::LABELS_OF_SERVICE;
use crate::domain::text::Text;

/// The labels that may hold the status of an answer.
const LABELS_OF_CODE: [&str; 7] =
    ["code", "status_code", "status", "response_code", "http_status", "http_status_code", "http_response_status_code"];

/// How one measure is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The measures that it answers: one, or all latencies, which differ in `$quantile`.
    pub measures: Vec<Measure>,
    /// The series that it needs; where the server has none of this name it is not asked.
    pub needs: Text,
    /// The question.
    pub query: Text,
    /// The same for a native histogram, whose series is [`Template::native`].
    pub native: Option<(Text, Text)>,
    /// A recording rule that holds the answer already: where the server has it, it is asked instead.
    pub recorded: Option<Text>,
}

/// One way of instrumenting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// What it is called.
    pub name: Text,
    /// Its templates.
    pub templates: Vec<Template>,
    /// The labels that may hold the namespace, the most telling first.
    pub namespace: Vec<Text>,
    /// The labels that may name the service.
    pub service: Vec<Text>,
    /// The labels that may hold the status of an answer.
    pub code: Vec<Text>,
    /// The label that holds the pod; empty where there is none.
    pub pod: Text,
}

fn texts(words: &[&str]) -> Vec<Text> {
    words.iter().map(|word| Text::from(*word)).collect()
}

impl Family {
    /// A family of this name whose labels are the usual ones.
    pub fn named(name: Text) -> Self {
        Self {
            name,
            templates: Vec::new(),
            namespace: texts(&["namespace", "exported_namespace", "kubernetes_namespace"]),
            service: texts(&LABELS_OF_SERVICE),
            code: texts(&LABELS_OF_CODE),
            pod: "pod".into(),
        }
    }

    /// Requests, failures and latency of a counter and a histogram in seconds.
    fn red(name: &str, counter: &str, histogram: &str, matcher: &str) -> Self {
        Self { templates: red(counter, histogram, matcher, ""), ..Self::named(name.into()) }
    }

    /// The families that are known without any configuration, the most telling first.
    pub fn usual() -> Vec<Self> {
        let http = Self::red("http", "http_requests_total", "http_request_duration_seconds", "");
        let histogram = "http_server_request_duration_seconds";
        let otel = Self::red("opentelemetry", &format!("{histogram}_count"), histogram, "");
        let histogram = "http_server_requests_seconds";
        let micrometer = Self::red("micrometer", &format!("{histogram}_count"), histogram, "");
        let istio = Self {
            templates: red(
                "istio_requests_total",
                "istio_request_duration_milliseconds",
                r#"reporter="destination""#,
                " / 1000",
            ),
            namespace: texts(&["destination_workload_namespace", "destination_service_namespace"]),
            service: texts(&["destination_canonical_service", "destination_workload", "destination_service_name"]),
            ..Self::named("istio".into())
        };
        let traefik = Self {
            service: texts(&["exported_service", "service"]),
            namespace: Vec::new(),
            pod: Text::default(),
            ..Self::red("traefik", "traefik_service_requests_total", "traefik_service_request_duration_seconds", "")
        };
        let nginx = Self {
            service: texts(&["exported_service", "service"]),
            namespace: texts(&["exported_namespace", "namespace"]),
            pod: Text::default(),
            ..Self::red(
                "ingress-nginx",
                "nginx_ingress_controller_requests",
                "nginx_ingress_controller_request_duration_seconds",
                "",
            )
        };
        vec![http, otel, micrometer, istio, traefik, nginx, containers()]
    }
}

/// The templates of a counter and a histogram.
fn red(counter: &str, histogram: &str, matcher: &str, scale: &str) -> Vec<Template> {
    let with = |more: &str| {
        let parts = ["$scope", matcher, more];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(",")
    };
    let (all, failed) = (with(""), with(r#"$code=~"5..""#));
    let plain = |measure, query: String| Template {
        measures: vec![measure],
        needs: counter.into(),
        query: query.into(),
        native: None,
        recorded: None,
    };
    let latency = |inner: String| format!("histogram_quantile($quantile, {inner}){scale}");
    vec![
        plain(Measure::Requests, format!("sum by ($by) (rate({counter}{{{all}}}[$window]))")),
        plain(Measure::Errors, format!("sum by ($by) (rate({counter}{{{failed}}}[$window]))")),
        Template {
            measures: vec![Measure::P50, Measure::P95, Measure::P99],
            needs: format!("{histogram}_bucket").into(),
            query: latency(format!("sum by ($by, le) (rate({histogram}_bucket{{{all}}}[$window]))")).into(),
            native: Some((
                histogram.into(),
                latency(format!("sum by ($by) (rate({histogram}{{{all}}}[$window]))")).into(),
            )),
            recorded: None,
        },
    ]
}

/// What the kubelet's cadvisor tells of containers. The sandbox container of a pod and the sums over a pod have no
/// `container` label and would count everything twice.
fn containers() -> Family {
    let template = |measure, needs: &str, query: &str| Template {
        measures: vec![measure],
        needs: needs.into(),
        query: query.into(),
        native: None,
        recorded: None,
    };
    let own = r#"$scope,container!="",container!="POD""#;
    let (cpu, memory) = ("container_cpu_usage_seconds_total", "container_memory_working_set_bytes");
    let limit = "container_spec_memory_limit_bytes";
    Family {
        templates: vec![
            template(Measure::Cpu, cpu, &format!("sum by ($by) (rate({cpu}{{{own}}}[$window]))")),
            template(Measure::Memory, memory, &format!("sum by ($by) ({memory}{{{own}}})")),
            template(Measure::Saturation, limit, &format!("max by ($by) ({memory}{{{own}}} / ({limit}{{{own}}} > 0))")),
        ],
        namespace: texts(&["namespace", "container_label_io_kubernetes_pod_namespace"]),
        // Of a container it is known in which pod it runs; its own name says little.
        service: Vec::new(),
        ..Family::named("containers".into())
    }
}
