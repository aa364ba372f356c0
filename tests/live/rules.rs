//! Rules of the configuration as Prometheus' own tool judges them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use color_eyre::eyre::{Context, OptionExt, Result, ensure};
use midwatch::config::init::{Discovered, describe};

use crate::plane::Plane;

crate::tests![what_is_exported_is_a_rule_file_to_promtool];

/// The rules that `midwatch init` shows as comments.
fn shown() -> Result<String> {
    let text = describe(&Discovered::default());
    let from = text.find("#     [rules]").ok_or_eyre("no rules are shown")?;
    let lines: Vec<&str> = text[from..].lines().map_while(|line| line.strip_prefix("#     ")).collect();
    Ok(lines.join("\n"))
}

fn what_is_exported_is_a_rule_file_to_promtool(plane: &Plane) -> Result<()> {
    let home = plane.dir().join("rules");
    fs::create_dir_all(&home)?;
    fs::set_permissions(&home, Permissions::from_mode(0o700))?;
    fs::write(home.join("config.toml"), shown()?)?;
    fs::set_permissions(home.join("config.toml"), Permissions::from_mode(0o600))?;
    let export = Command::new(env!("CARGO_BIN_EXE_midwatch"))
        .args(["rules", "export"])
        .env_clear()
        .env("HOME", &home)
        .env("MIDWATCH_CONFIG_DIR", &home)
        .output()?;
    ensure!(export.status.success(), "{}", String::from_utf8_lossy(&export.stderr));
    let file = home.join("rules.yml");
    fs::write(&file, &export.stdout)?;
    let checked = Command::new("promtool").args(["check", "rules"]).arg(&file).output();
    let checked = checked.wrap_err("is Debian's package prometheus installed?")?;
    let said = String::from_utf8_lossy(&checked.stdout).into_owned() + &String::from_utf8_lossy(&checked.stderr);
    ensure!(checked.status.success(), "{said}\n{}", String::from_utf8_lossy(&export.stdout));
    ensure!(said.contains("6 rules found"), "{said}");
    Ok(())
}
