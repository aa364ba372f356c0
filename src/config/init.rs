//! The configuration file that `midwatch init` proposes: what was discovered, and every other setting as a comment.
//!
//! A line that begins with `# ` explains; one that begins with `#` and a word is a setting with its usual value.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::environments::COLORS;
use super::file::MAX_FAVOURITES;
use super::names;
use crate::domain::environment::Place;
use crate::domain::object::ClusterName;
use crate::domain::text::Text;

/// Namespaces of Kubernetes' own, which nobody keeps an environment in.
const SYSTEM_PREFIX: &str = "kube-";

/// What the clusters that can be reached hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovered {
    /// The clusters, in the order in which they are to be read.
    pub clusters: Vec<DiscoveredCluster>,
}

/// What one cluster holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoveredCluster {
    /// The cluster.
    pub name: ClusterName,
    /// Its namespaces, as many as may be seen.
    pub namespaces: Vec<DiscoveredNamespace>,
    /// How many services there are in them.
    pub services: usize,
}

/// A namespace, and what its label or name says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoveredNamespace {
    /// Its name.
    pub name: Text,
    /// The environment that it seems to belong to.
    pub place: Place,
}

/// An environment as the file has it.
#[derive(Default, Serialize)]
struct Proposed {
    protected: bool,
    namespaces: BTreeSet<String>,
}

/// How the file begins.
const HEAD: &str = "\
# Settings of midwatch. None is needed: without this file the current context is read, labels and names say which
# namespaces are which environment, and all are protected but those called dev, development, test, testing or staging.
# `midwatch config check` explains what is wrong here.

";

/// The settings that nothing was discovered about.
const USUAL: &str = r#"
# How it looks: midnight, daylight, high-contrast, mono, or a file of your own in themes/.
#theme = "midnight"
# What keys do: default, vim, or a file of your own in keymaps/.
#keymap = "default"
# What lines and marks are drawn with: auto, unicode or ascii.
#glyphs = "auto"
# Whether the mouse is midwatch's. The terminal's own selection needs false, or the shift key.
#mouse = true

# Programs that a kubeconfig may start to log in, beyond the well-known ones, as absolute paths.
#exec-plugins = []
# Contexts that may be changed although the kubeconfig does not verify their server.
#allow-insecure-writes = []
# Who may do what, seen from this directory. Without a file midwatch has no say in it, and the clusters decide.
#roles = "roles.toml"

# Where alerts come from: through the API of a cluster, or by address. The usual names are found without this.
#     [alertmanager.main]
#     context = "prod-eu"
#     service = "monitoring/alertmanager:web"
#     [prometheus.main]
#     context = "prod-eu"
#     url = "https://prometheus.example"
#     token-file = "prometheus-token"

#     # What narrows every question, where one server knows many clusters.
#     matchers = 'cluster="prod-eu"'
#     # By address also: user and password-file, headers, proxy, ca-file.

# How numbers are asked for. Families of templates that are known: http, opentelemetry, micrometer, istio, traefik,
# ingress-nginx, containers. One of your own comes first.
#[metrics]
#window = "2m"
#span = "30m"
#step = "30s"
#     [metrics.family.ours]
#     requests = 'sum by ($by) (rate(our_requests_total{$scope}[$window]))'
#     errors = 'sum by ($by) (rate(our_requests_total{$scope,$code=~"5.."}[$window]))'
#     latency = 'histogram_quantile($quantile, sum by ($by, le) (rate(our_seconds_bucket{$scope}[$window])))'
#     recorded = { requests = "service:our_requests:rate2m" }
#     service = ["app"]

# How far traffic may be shifted at once and in all, for all environments and under [traffic.NAME] for one.
#[traffic]
#step = 50
#ceiling = 100

# What has to hold while a guarded shift raises weights; `default` judges every other canary too. It is built in and as
# follows; one of your own has another name, and what it leaves out is as here. Numbers are asked for twice as often as
# it looks, at most every 2 s.
#     [guards.default]
#     window = "2m"
#     warm-up = "1m"
#     every = "30s"
#     looks = 2
#     requests = 100
#     error-ratio = "1 %"
#     error-factor = 2.0
#     fast-ratio = "10 %"
#     latency-factor = 1.25
#     restarts = 3

# From when on numbers count for health, for all environments and under [health.NAME] for one.
#[health]
#error-ratio = { attention = "1 %", bad = "5 %" }
#latency = { attention = "2s" }
#for = "1m"
#keep = "2m"
#requests = 20

# The words of labels by which an alert is high, medium or low; any other is low too, but in rules of one's own a slip.
#[alerts]
#labels = ["priority", "severity"]
#high = ["high", "critical", "page", "emergency", "fatal", "p1", "p0"]
#medium = ["medium", "warning", "warn", "error", "major", "p2"]
#low = ["low", "info", "informational", "notice", "minor", "debug", "none", "p3", "p4", "p5"]
# For how long an alert is quiet that somebody is at.
#acknowledge = "1h"

# Rules that make alerts, evaluated by midwatch where Prometheus has none of its own; `midwatch rules export` writes
# them for Prometheus. A condition is an expression, an operator and a number; each series that meets it is an alert.
#     [rules]
#     evaluate = "auto"
#     interval = "30s"
#     [rules.high_error_rate]
#     condition = '''
#     100 * sum by (namespace, app) (rate(http_requests_total{code=~"5.."}[5m]))
#     / sum by (namespace, app) (rate(http_requests_total[5m])) > 1
#     '''
#     for = "5m"
#     severity = "critical"
#     summary = "{{ $value }} % of the requests to {{ $labels.app }} fail"
#     [rules.high_cpu]
#     condition = '''
#     100 * sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{container!=""}[5m]))
#     / sum by (namespace, pod) (kube_pod_container_resource_limits{resource="cpu"}) > 80
#     '''
#     for = "5m"
#     severity = "critical"
#     [rules.high_memory]
#     condition = '''
#     100 * max by (namespace, pod) (
#       container_memory_working_set_bytes{container!=""} / (container_spec_memory_limit_bytes{container!=""} > 0)
#     ) > 80
#     '''
#     for = "5m"
#     severity = "critical"
#     [rules.instance_down]
#     condition = "up == 0"
#     for = "1m"
#     severity = "critical"
#     summary = "{{ $labels.job }} at {{ $labels.instance }} does not answer"
#     [rules.high_disk_usage]
#     condition = '''
#     100 * (1 - node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"} / node_filesystem_size_bytes) > 80
#     '''
#     for = "5m"
#     [rules.high_connections]
#     condition = "sum by (namespace, pod) (pg_stat_activity_count) > 100"
#     for = "5m"

# How a new alert of high priority is told: by the bell, by a notification of the desktop (auto, osc9, osc777, off), and
# by the title of the window. Notifications do not go through tmux or screen unless that is wanted.
#[notify]
#bell = true
#desktop = "auto"
#title = true
#through-multiplexer = false

# How many lines of logs are kept, and how many megabytes of them at most. Secrets in them are never kept; neither are
# e-mail addresses and the numbers of telephones and cards, unless mask-personal is false, nor what rules of your own
# find: of a pattern with a group called secret only that. Equal values leave equal marks. The same holds for evidence.
#     redact = [{ name = "customer", pattern = 'customer=(?<secret>\S+)' }]
#[logs]
#lines = 1000000
#megabytes = 256
#mask-personal = true
#redact = []

# What is to be seen of a service before and after each change of it is kept in an archive, without secrets: for who
# looks for the cause when the pods are gone. How many archives are kept, of how many megabytes at most; without a
# directory they lie beside the audit journal.
#     directory = "/srv/midwatch/evidence"
#[evidence]
#automatic = true
#keep = 50
#megabytes = 20
# How many seconds a change waits at most until what was seen before it is kept, and at its end for what is seen then.
#wait = 3

# When a change counts as verified: it has held for a while, within a limit.
#[verify]
#stable = "30s"
#timeout = "5m"
"#;

/// Writes the file, as TOML that the settings accept. Names that they would not accept are left out.
pub fn describe(discovered: &Discovered) -> String {
    let clusters: Vec<_> = discovered.clusters.iter().filter(|found| names::context(&found.name.0).is_ok()).collect();
    let mut file = HEAD.to_owned();
    file.push_str("# The clusters to read, by context; without any, the current one.\n");
    for found in &clusters {
        let (services, namespaces) = (found.services, found.namespaces.len());
        let _ = writeln!(file, "# {}: services {services}, namespaces {namespaces}", found.name);
    }
    setting(&mut file, "contexts", clusters.iter().map(|found| found.name.0.as_str()));
    let namespaces: Vec<(&ClusterName, &DiscoveredNamespace)> = (clusters.iter())
        .flat_map(|found| found.namespaces.iter().map(|namespace| (&found.name, namespace)))
        .filter(|(_, namespace)| is_proposed(namespace))
        .collect();
    let favourites: BTreeSet<&str> = namespaces.iter().map(|(_, namespace)| namespace.name.as_str()).collect();
    file.push_str("\n# The namespaces of the keys 1 to 9.\n");
    setting(&mut file, "favourites", favourites.into_iter().take(MAX_FAVOURITES));
    file.push_str(USUAL);
    let _ = write!(
        file,
        "\n# Namespaces that belong together, as CONTEXT/NAMESPACE, or CONTEXT/* for all that none before holds.\n\
         # A change in a protected one must be confirmed by typing. Where nothing is said, its name decides.\n\
         # Its word may have a color: {}.\n",
        COLORS.join(", ")
    );
    environments(&mut file, &namespaces);
    file
}

/// Whether a namespace is worth a line, and the settings would accept it.
fn is_proposed(namespace: &DiscoveredNamespace) -> bool {
    !namespace.name.starts_with(SYSTEM_PREFIX)
        && names::namespace(&namespace.name).is_ok()
        && names::environment(&namespace.place.environment).is_ok()
}

/// Adds each environment as a table. It is protected if one of its namespaces seems to be.
fn environments(file: &mut String, namespaces: &[(&ClusterName, &DiscoveredNamespace)]) {
    let mut proposed: BTreeMap<&str, Proposed> = BTreeMap::new();
    for (cluster, DiscoveredNamespace { name, place }) in namespaces {
        let environment = proposed.entry(place.environment.as_str()).or_default();
        environment.protected |= place.is_protected;
        environment.namespaces.insert(format!("{cluster}/{name}"));
    }
    if proposed.is_empty() {
        file.push_str("#[environments.production]\n#protected = true\n#namespaces = [\"CONTEXT/production\"]\n");
    } else {
        file.push('\n');
        file.push_str(&toml("environments", proposed));
    }
}

/// Adds a setting that is a list; an empty one as a comment.
fn setting<'a>(file: &mut String, key: &str, words: impl Iterator<Item = &'a str>) {
    let words: Vec<&str> = words.collect();
    if words.is_empty() {
        file.push('#');
    }
    file.push_str(&toml(key, words));
}

/// Writes one setting, whatever the words in it are.
fn toml(key: &str, value: impl Serialize) -> String {
    toml::to_string_pretty(&BTreeMap::from([(key, value)])).expect("tables, lists, strings and booleans can be written")
}

#[cfg(test)]
mod tests;
