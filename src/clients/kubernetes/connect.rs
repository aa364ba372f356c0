//! From a context to a connection: everything that can be decided without the network is decided here.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Uri, header};
use kube::config::{AuthInfo, Cluster, Config, ExecAuthCluster, ExecInteractiveMode};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::sync::watch;

use super::authorization::{basic, bearer};
use super::credentials::{Credentials, Origin};
use super::error::ClientError;
use super::exec::{Denied, Plugin, permit};
use super::failure::explain_build;
use super::kubeconfig::{ContextName, Kubeconfig, KubeconfigError, Selected};
use super::transport::Transport;
use super::{ClusterFacts, ConnectOptions, Connection, Reader, Writer, proxy};
use crate::domain::text::Text;

/// Prepares the connection to a context's cluster. Sends nothing and runs nothing, but needs a tokio runtime.
pub fn connect(
    kubeconfig: &Kubeconfig,
    context: &ContextName,
    options: &ConnectOptions,
) -> Result<Connection, ClientError> {
    crate::clients::install_crypto();
    let selected = kubeconfig.select(context)?;
    let (config, plain_http) = configure(&selected, options)?;
    let facts = ClusterFacts {
        context: Text::from(context.as_str()),
        server: selected.facts.server.clone(),
        namespace: selected.facts.namespace.clone(),
        insecure: selected.facts.insecure,
        plain_http,
        impersonating: selected.facts.impersonating.clone(),
        proxy: config.proxy_url.as_ref().map(|proxy| proxy::without_credentials(&proxy.to_string())),
    };
    let origin = origin(&selected, options)?;
    let credentials = Credentials::new(origin, config).map_err(|error| {
        let cure = "correct the certificate and impersonation entries of the user and its cluster";
        selected.unusable_user("certificate", explain_build(&error), cure)
    })?;
    let login = credentials.login();
    let transport = Arc::new(Transport {
        server: facts.server.clone(),
        credentials,
        limits: options.limits,
        interruptions: watch::Sender::new(()),
    });
    let may_write = !facts.insecure || options.insecure_writes.contains(context);
    let writer = may_write.then(|| Writer { transport: Arc::clone(&transport) });
    Ok(Connection { reader: Reader { transport }, writer, facts, login })
}

/// The configuration of the HTTP client, without credentials that change; and whether it speaks plain HTTP.
fn configure(selected: &Selected, options: &ConnectOptions) -> Result<(Config, bool), KubeconfigError> {
    let server = server(selected)?;
    let plain_http = server.scheme_str() == Some("http");
    let mut config = Config::new(server.clone());
    config.default_namespace = selected.facts.namespace.to_string();
    config.connect_timeout = Some(options.limits.connect);
    config.default_retry = false;
    config.accept_invalid_certs = selected.facts.insecure;
    config.tls_server_name.clone_from(&selected.cluster.tls_server_name);
    config.disable_compression = selected.cluster.disable_compression.unwrap_or(false);
    // An empty list instead of none: the machine's own authorities are read for nothing where nothing is verified.
    config.root_cert = if plain_http || selected.facts.insecure { Some(Vec::new()) } else { authorities(selected)? };
    if config.root_cert.as_ref().is_some_and(|authorities| !authorities.is_empty())
        && selected.cluster.certificate_authority_data.is_none()
    {
        config.root_cert_file = selected.cluster.certificate_authority.as_ref().map(Into::into);
    }
    config.proxy_url =
        proxy::resolve(&server, selected.cluster.proxy_url.as_deref(), &*options.environment).map_err(|bad| {
            let why = format!("of the proxy ({}) is not an http, https or socks5 address", bad.setting);
            selected.unusable_cluster("address", why, "correct it, or unset it")
        })?;
    let agent = format!("{} (session {})", options.user_agent, options.session);
    if let Ok(agent) = HeaderValue::try_from(agent) {
        config.headers.push((header::USER_AGENT, agent));
    }
    config.auth_info = lasting(selected)?;
    Ok((config, plain_http))
}

/// The server's address: HTTPS, or HTTP on this machine.
fn server(selected: &Selected) -> Result<Uri, KubeconfigError> {
    let wrong = |why: &str, cure: &str| selected.unusable_cluster("field server", why, cure);
    let text = selected.cluster.server.as_deref().unwrap_or_default();
    let example = "write it like https://host:6443";
    let server: Uri = text.parse().map_err(|_invalid| wrong("is not an address", example))?;
    match server.scheme_str() {
        _ if text.contains('@') => Err(wrong("holds a name or a password", "give the user credentials of its own")),
        Some("https") => Ok(server),
        Some("http") if proxy::is_loopback(&server) => Ok(server),
        Some("http") => Err(wrong(
            "is plain http to another machine, where anybody in between reads and changes what is sent",
            "use the https address of the cluster, or `kubectl proxy` on this machine",
        )),
        _ => Err(wrong("is not an http or https address", example)),
    }
}

/// The cluster's certificate authorities; `None` means those of this machine.
fn authorities(selected: &Selected) -> Result<Option<Vec<Vec<u8>>>, KubeconfigError> {
    let Cluster { certificate_authority, certificate_authority_data, .. } = &selected.cluster;
    let field = match certificate_authority_data {
        Some(_) => "field certificate-authority-data",
        None => "field certificate-authority",
    };
    let wrong = |why: &str| selected.unusable_cluster(field, why, "get the cluster's kubeconfig anew");
    let pem = match (certificate_authority_data, certificate_authority) {
        (Some(data), _) => STANDARD.decode(data).map_err(|_invalid| wrong("is not base64"))?,
        (None, Some(path)) => read(path).map_err(|why| wrong(&why))?,
        (None, None) => return Ok(None),
    };
    let certificates: Vec<Vec<u8>> =
        CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).map(|certificate| certificate.to_vec()).collect();
    if certificates.is_empty() { Err(wrong("holds no certificate in PEM form")) } else { Ok(Some(certificates)) }
}

/// What of the user never changes: the certificate and whom to impersonate. Files are read here, for a better error.
fn lasting(selected: &Selected) -> Result<AuthInfo, KubeconfigError> {
    let user = &selected.user;
    for (field, path, data) in [
        ("field client-certificate", &user.client_certificate, user.client_certificate_data.is_some()),
        ("field client-key", &user.client_key, user.client_key_data.is_some()),
    ] {
        if let Some(path) = path
            && !data
        {
            read(path).map_err(|why| selected.unusable_user(field, why, "log in again as for kubectl"))?;
        }
    }
    Ok(AuthInfo {
        client_certificate: user.client_certificate.clone(),
        client_certificate_data: user.client_certificate_data.clone(),
        client_key: user.client_key.clone(),
        client_key_data: user.client_key_data.clone(),
        impersonate: user.impersonate.clone(),
        impersonate_uid: user.impersonate_uid.clone(),
        impersonate_groups: user.impersonate_groups.clone(),
        impersonate_user_extra: user.impersonate_user_extra.clone(),
        ..AuthInfo::default()
    })
}

/// Where the credential comes from: like kubectl, a token or a password before a plugin.
fn origin(selected: &Selected, options: &ConnectOptions) -> Result<Origin, KubeconfigError> {
    let user = &selected.user;
    let token = || user.token.as_ref().and_then(|token| bearer(token.expose_secret()));
    if let Some(provider) = &user.auth_provider {
        let why = format!("'{}' is of a kind that kubectl gave up in 1.26", provider.name);
        return Err(selected.unusable_user("auth-provider", why, "use the provider's exec login plugin instead"));
    }
    if let Some(path) = &user.token_file {
        return Ok(Origin::TokenFile(path.into(), token()));
    }
    if user.token.is_some() {
        let wrong = || selected.unusable_user("field token", "is not a token", "log in again as for kubectl");
        return token().map(|token| Origin::Fixed(Some(token))).ok_or_else(wrong);
    }
    if let (Some(name), Some(password)) = (&user.username, &user.password) {
        return Ok(Origin::Fixed(basic(name, password.expose_secret())));
    }
    if user.exec.is_some() { plugin(selected, options).map(Origin::plugin) } else { Ok(Origin::Fixed(None)) }
}

/// The login plugin, if it may run.
fn plugin(selected: &Selected, options: &ConnectOptions) -> Result<Plugin, KubeconfigError> {
    let exec = selected.user.exec.clone().unwrap_or_default();
    let name = exec.command.unwrap_or_default();
    let subject = format!("login plugin '{name}'");
    let wrong = |why: &str, cure: &str| selected.unusable_user(&subject, why, cure);
    if exec.interactive_mode == Some(ExecInteractiveMode::Always) {
        return Err(wrong(
            "wants a terminal of its own (interactiveMode: Always)",
            "log in with it in a shell, and let the kubeconfig use the credential that it stores",
        ));
    }
    let path = (options.environment)("PATH").unwrap_or_default();
    let program = permit(&name, &options.allowed_exec, &path).map_err(|denied| match denied {
        Denied::NotListed(program) => wrong(
            "is a program that midwatch does not run unasked",
            &format!("if you trust it, add its absolute path to `exec-plugins` in the configuration: {program}"),
        ),
        Denied::UntrustedFolder(program) => wrong(
            "lies in a folder that others than root can write to",
            &format!("if you trust it, add it to `exec-plugins` in the configuration: {}", program.display()),
        ),
        Denied::NotFound => wrong("is not installed", exec.install_hint.as_deref().unwrap_or("install it")),
    })?;
    let api_version = exec.api_version.unwrap_or_default();
    if !matches!(api_version.as_str(), "client.authentication.k8s.io/v1" | "client.authentication.k8s.io/v1beta1") {
        return Err(wrong("has an apiVersion other than v1 and v1beta1", "update the plugin and its kubeconfig entry"));
    }
    let mut spec = json!({"interactive": false});
    if exec.provide_cluster_info {
        let about = ExecAuthCluster::try_from(&selected.cluster).ok().and_then(|it| serde_json::to_value(it).ok());
        spec["cluster"] = about.ok_or_else(|| wrong("needs the certificate authority, which cannot be read", ""))?;
    }
    let pair = |mut it: std::collections::HashMap<String, String>| Some((it.remove("name")?, it.remove("value")?));
    Ok(Plugin {
        program,
        name: Text::from(name),
        args: exec.args.unwrap_or_default(),
        env: exec.env.unwrap_or_default().into_iter().filter_map(pair).collect(),
        info: json!({"apiVersion": api_version, "kind": "ExecCredential", "spec": spec}).to_string(),
        api_version,
        limit: options.limits.login,
    })
}

/// Reads a file that the kubeconfig names, or says why not.
fn read(path: &str) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("names {path}, which cannot be read: {}", error.kind()))
}

impl Selected {
    /// An error about the context's cluster.
    fn unusable_cluster(&self, field: &str, why: impl Display, cure: &str) -> KubeconfigError {
        self.unusable(&self.cluster_file, &format!("cluster '{}', {field}", self.facts.cluster), why, cure)
    }

    /// An error about the context's user.
    fn unusable_user(&self, field: &str, why: impl Display, cure: &str) -> KubeconfigError {
        self.unusable(&self.user_file, &format!("user '{}', {field}", self.facts.user), why, cure)
    }

    /// An error about an entry in a file.
    fn unusable(&self, file: &Path, subject: &str, why: impl Display, cure: &str) -> KubeconfigError {
        KubeconfigError::Unusable {
            context: Text::from(self.facts.name.as_str()),
            file: Text::from(file.to_string_lossy().into_owned()),
            subject: Text::from(subject),
            why: Text::from(why.to_string()),
            cure: Text::from(cure),
        }
    }
}
