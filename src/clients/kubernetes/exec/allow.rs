//! Which programs a kubeconfig may have us run to log in.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Login plugins that may run without being listed in the configuration.
const WELL_KNOWN: [&str; 6] =
    ["aws", "aws-iam-authenticator", "gke-gcloud-auth-plugin", "kubelogin", "kubectl-oidc_login", "tsh"];

/// Why a program does not run.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) enum Denied {
    /// Neither well known nor listed.
    NotListed(String),
    /// Well known by name, but in a folder that others than root can write to.
    UntrustedFolder(PathBuf),
    /// Allowed, but not on this machine.
    NotFound,
}

/// Finds the program that a command means, if it may run. A bare name is searched on the path, never in the working
/// directory; a well-known name with a folder counts only where nobody but root could have put it.
pub(in super::super) fn permit(command: &str, listed: &[PathBuf], path: &str) -> Result<PathBuf, Denied> {
    let asked = Path::new(command);
    let is_known = asked.file_name().and_then(|name| name.to_str()).is_some_and(|name| WELL_KNOWN.contains(&name));
    if asked.components().count() > 1 {
        return match listed.iter().any(|entry| entry == asked) {
            true if is_program(asked) => Ok(asked.to_owned()),
            true => Err(Denied::NotFound),
            false if !is_known => Err(Denied::NotListed(command.to_owned())),
            false if !asked.exists() => Err(Denied::NotFound),
            false if is_in_roots_folder(asked) => Ok(asked.to_owned()),
            false => Err(Denied::UntrustedFolder(asked.to_owned())),
        };
    }
    let found = std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(command))
        .find(|program| is_program(program));
    match found {
        Some(program) if is_known || listed.contains(&program) => Ok(program),
        Some(program) => Err(Denied::NotListed(program.to_string_lossy().into_owned())),
        None if is_known => Err(Denied::NotFound),
        None => Err(Denied::NotListed(command.to_owned())),
    }
}

/// Whether this is a file that somebody may execute.
fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// Whether only root can write to the folder that holds a program.
fn is_in_roots_folder(program: &Path) -> bool {
    let folder = program.parent().and_then(|folder| folder.metadata().ok());
    is_program(program) && folder.is_some_and(|folder| folder.uid() == 0 && folder.mode() & 0o022 == 0)
}
