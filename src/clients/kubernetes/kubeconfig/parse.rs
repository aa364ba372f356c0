//! One kubeconfig file: YAML to `kube`'s structures, with paths made whole and errors that quote no secret.

use std::path::Path;

use kube::config::{AuthInfo, Cluster, Kubeconfig, KubeconfigError as Unread};

use super::error::{KubeconfigError, shown};
use crate::domain::text::Text;

/// Reads the content of a file; its relative paths start at the file's folder, as kubectl has it.
pub(super) fn file(path: &Path, text: &str) -> Result<Kubeconfig, KubeconfigError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut content = Kubeconfig::from_yaml(text).map_err(|error| malformed(path, text, &error))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    for cluster in content.clusters.iter_mut().filter_map(|entry| entry.cluster.as_mut()) {
        make_whole(folder, &mut cluster.certificate_authority);
    }
    for user in content.auth_infos.iter_mut().filter_map(|entry| entry.auth_info.as_mut()) {
        make_whole(folder, &mut user.client_certificate);
        make_whole(folder, &mut user.client_key);
        make_whole(folder, &mut user.token_file);
        if let Some(exec) = &mut user.exec
            && exec.command.as_deref().is_some_and(|command| command.contains('/'))
        {
            make_whole(folder, &mut exec.command);
        }
    }
    Ok(content)
}

/// Sets aside values that are empty, which kubectl takes for absent.
pub(super) fn drop_empty(cluster: &mut Cluster, user: &mut AuthInfo) {
    let values = [
        &mut cluster.server,
        &mut cluster.certificate_authority,
        &mut cluster.certificate_authority_data,
        &mut cluster.proxy_url,
        &mut cluster.tls_server_name,
        &mut user.username,
        &mut user.token_file,
        &mut user.client_certificate,
        &mut user.client_certificate_data,
        &mut user.client_key,
        &mut user.impersonate,
        &mut user.impersonate_uid,
    ];
    for value in values {
        value.take_if(|value| value.is_empty());
    }
    for secret in [&mut user.password, &mut user.token, &mut user.client_key_data] {
        secret.take_if(|secret| secrecy::ExposeSecret::expose_secret(secret).is_empty());
    }
}

/// Joins a relative path to the folder of the file that names it.
fn make_whole(folder: &Path, path: &mut Option<String>) {
    if let Some(relative) = path.as_deref().filter(|path| !path.is_empty())
        && let Some(whole) = folder.join(relative).to_str()
    {
        *path = Some(whole.to_owned());
    }
}

/// Tells where a file is broken and how, without a value of it.
fn malformed(path: &Path, text: &str, error: &Unread) -> KubeconfigError {
    let (line, why) = match error {
        Unread::Parse(yaml) => {
            let line = yaml.location().map(|location| location.line()).filter(|line| *line > 0);
            (line, without_values(&yaml.without_snippet().to_string()))
        }
        Unread::KindMismatch | Unread::ApiVersionMismatch => (None, "its documents are of different kinds".to_owned()),
        _ => (None, "it cannot be read".to_owned()),
    };
    let field = line
        .and_then(|line| text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?))
        .and_then(|content| content.split_once(':'))
        .map(|(field, _)| field.trim_start_matches([' ', '-']))
        .filter(|field| field.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-'));
    let place = match (line, field) {
        (Some(line), Some(field)) => format!(" line {line} (field {field})"),
        (Some(line), None) => format!(" line {line}"),
        (None, _) => String::new(),
    };
    KubeconfigError::Malformed { file: shown(path), place: Text::from(place), why: Text::from(why) }
}

/// Takes what stands in quotes out of a parser's message, except names of fields.
fn without_values(message: &str) -> String {
    let mut clean = String::new();
    let mut rest = message;
    while let Some(start) = rest.find(['"', '`', '\'']) {
        let quote = &rest[start..=start];
        let after = &rest[start + 1..];
        clean.push_str(&rest[..start]);
        // A value may hold the quote itself: the last one of its kind ends it.
        let is_field = quote == "`" && clean.ends_with("field ");
        let end = if is_field { after.find(quote) } else { after.rfind(quote) }.unwrap_or(after.len());
        clean.push_str(if is_field { &after[..end] } else { "a value" });
        rest = after.get(end + 1..).unwrap_or_default();
    }
    clean.push_str(rest);
    clean
}
