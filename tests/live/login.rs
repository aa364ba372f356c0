//! Login programs that attack: what they say to people is shown, and every byte that midwatch writes is its own.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use color_eyre::eyre::{Result, ensure};
use serde_json::json;

use crate::attack::{Environment, MIDWATCH, Payload, Walk, files_are_plain, payloads, run, run_all};
use crate::command::Seat;
use crate::console::Console;
use crate::hostile::{EVIL, SIZE, environment};
use crate::plane::{Plane, User};

crate::tests![what_a_login_program_says_is_shown_and_drives_nothing];

fn what_a_login_program_says_is_shown_and_drives_nothing(plane: &Plane) -> Result<()> {
    let seat = Seat::new(plane, User::Admin)?;
    let login = Login::new(plane, &seat)?;
    let environment = login.environment(&seat);
    let mut walk = Walk::new(Console::run(MIDWATCH, &[], environment.clone(), SIZE)?, SIZE);
    walk.go(&[], "to log in to")?;
    // It has said more than there is room for: what it said last is what has to be read.
    walk.go(&[], &login.said[login.said.len() - 1].mark)?;
    login.go()?;
    walk.without("login program")?;
    walk.go(&[], "admin")?;
    walk.leave()?;
    run_all(&environment, &["whoami"], |_, code, _| {
        ensure!(code == 0, "it ended with {code}");
        Ok(())
    })?;
    let (code, _, stderr) = run(&environment, &["whoami"])?;
    let missing: Vec<&str> = login.said.iter().map(|said| &*said.mark).filter(|mark| !stderr.contains(mark)).collect();
    ensure!(code == 0 && missing.is_empty(), "{code}: {missing:?} are not told: {stderr}");

    login.fail()?;
    let mut walk = Walk::new(Console::run(MIDWATCH, &[], environment.clone(), SIZE)?, SIZE);
    walk.go(&[], "gave no credential")?;
    walk.leave()?;
    run_all(&environment, &["whoami", "doctor"], |_, code, _| {
        ensure!(code != 0, "it is no failure");
        Ok(())
    })?;
    files_are_plain(&seat.state()).map(drop)
}

/// A login program that speaks to people before it gives the administrator's certificate.
struct Login<'a> {
    home: &'a Path,
    said: Vec<Payload>,
}

/// It says what it has to say, waits for somebody to go on, and gives what it has.
const PROGRAM: &str =
    "#!/bin/sh\ncat \"$0.attacks\" >&2\nuntil [ -e \"$0.go\" ]; do sleep 0.05; done\ncat \"$0.credential\"\n";

impl<'a> Login<'a> {
    fn new(plane: &Plane, seat: &'a Seat) -> Result<Self> {
        let home = seat.home();
        let program = home.join("login");
        // As much as is kept of what such a program says, and no line feed but at the end of each.
        let mut room = 7 * 1024;
        let said: Vec<Payload> = payloads()
            .into_iter()
            .filter(|payload| {
                let is_line = !payload.bytes.contains(&b'\n') && payload.bytes.len() < room.min(200);
                room -= if is_line { payload.bytes.len() + 1 } else { 0 };
                is_line
            })
            .collect();
        let words: Vec<u8> = said.iter().flat_map(|payload| [&payload.bytes[..], b"\n"].concat()).collect();
        fs::write(home.join("login.attacks"), words)?;
        fs::write(home.join("login.credential"), credential(plane)?)?;
        fs::write(&program, PROGRAM)?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700))?;
        seat.write_config("config.toml", &format!("exec-plugins = [{:?}]\n", program.display().to_string()))?;
        fs::write(home.join("kubeconfig"), kubeconfig(plane, &program)?)?;
        Ok(Self { home, said })
    }

    fn environment(&self, seat: &Seat) -> Environment {
        let mut environment = environment(seat);
        environment.retain(|(name, _)| *name != "KUBECONFIG");
        environment.push(("KUBECONFIG", OsString::from(self.home.join("kubeconfig"))));
        environment
    }

    /// Lets it give the credential, from now on at once.
    fn go(&self) -> Result<()> {
        Ok(fs::write(self.home.join("login.go"), "")?)
    }

    /// Lets it fail from now on.
    fn fail(&self) -> Result<()> {
        let program = self.home.join("login");
        Ok(fs::write(program, PROGRAM.replace("until", "exit 3\nuntil"))?)
    }
}

/// The administrator's certificate as a login program prints it.
fn credential(plane: &Plane) -> Result<String> {
    let read = |name: &str| fs::read_to_string(plane.dir().join("pki").join(name));
    let status = json!({"clientCertificateData": read("admin.crt")?, "clientKeyData": read("admin.key")?});
    Ok(json!({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}).to_string())
}

/// A kubeconfig that leads to the rig by way of a login program, and whose every name is an attack.
fn kubeconfig(plane: &Plane, program: &Path) -> Result<String> {
    let authority = STANDARD.encode(fs::read(plane.dir().join("pki/ca.crt"))?);
    let server = format!("https://127.0.0.1:{}", fs::read_to_string(plane.dir().join("port"))?.trim());
    let exec = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "command": program, "interactiveMode": "Never",
        "provideClusterInfo": false,
    });
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": EVIL,
        "clusters": [{"name": EVIL, "cluster": {"server": server, "certificate-authority-data": authority}}],
        "users": [{"name": EVIL, "user": {"exec": exec}}],
        "contexts": [{"name": EVIL, "context": {"cluster": EVIL, "user": EVIL, "namespace": "production"}}],
    });
    Ok(ascii(&config.to_string()))
}

/// JSON with an escape for whatever is not ASCII: such a file is read as YAML, which holds no control characters.
fn ascii(json: &str) -> String {
    let mut escaped = String::new();
    for letter in json.chars() {
        if letter.is_ascii() {
            escaped.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                write!(escaped, "\\u{unit:04x}").expect("a string takes everything");
            }
        }
    }
    escaped
}
