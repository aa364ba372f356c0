//! The network namespace of the suite: the same program once more, where every pod's address is this machine's.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use color_eyre::eyre::{Result, bail};

use crate::plane::RIG;

/// How the script ends where no namespace may be made.
const NONE: i32 = 77;

/// Goes on in a namespace, as the same process and from the beginning; or returns why there is none.
pub(crate) fn enter() -> Result<Option<String>> {
    if std::env::var_os("MIDWATCH_RIG_NAMESPACE").is_some() {
        return Ok(None);
    }
    let script = || Command::new(format!("{RIG}/namespace"));
    let tried = script().arg("true").output()?;
    let said = String::from_utf8_lossy(&tried.stderr).trim().to_owned();
    match tried.status.code() {
        Some(0) => {
            let failed: io::Error = script().arg(std::env::current_exe()?).args(std::env::args_os().skip(1)).exec();
            Err(failed.into())
        }
        Some(NONE) => Ok(Some(said)),
        _ => bail!("tests/rig/namespace: {}: {said}", tried.status),
    }
}
