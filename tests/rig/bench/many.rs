//! Fifty thousand pods from the generator: memory, and whether keys are answered while a thousand pods change a second.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use color_eyre::eyre::{OptionExt, Result, ensure};

use crate::Bench;
use crate::command::Seat;
use crate::figures::{Figures, MEBIBYTES, MILLISECONDS, OF_A_CORE, SECONDS, Spread};
use crate::generator::{MANY, ROLE};
use crate::keys::{moves, percentile};
use crate::process::Process;
use crate::start::{SIZE, pods_on};

/// How many pods there are.
const PODS: u64 = 50_000;

/// How many of them change in a second.
const CHANGES: u32 = 1000;

/// How often a key is pressed meanwhile.
const PRESSES: usize = 600;

/// The generator, in a process of its own. It ends when this is dropped.
pub(crate) struct Generator {
    child: Child,
    pub(crate) port: u16,
}

impl Generator {
    pub(crate) fn start(pods: u64, kind: &str) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child =
            command.args([ROLE, &pods.to_string(), kind]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or_eyre("the generator has no output")?).read_line(&mut line)?;
        let port = line.trim().parse()?;
        Ok(Self { child, port })
    }

    /// Lets so many pods change each second.
    fn change(&self, each_second: u32) -> Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(stream, "POST /changes/{each_second} HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.contains(" 200 "), "{answer}");
        Ok(())
    }

    /// A home without anything in it but the way to the generator.
    pub(crate) fn seat(&self, home: &Path) -> Result<Seat> {
        let _ = fs::remove_dir_all(home);
        fs::create_dir_all(home)?;
        let kubeconfig = home.join("kubeconfig");
        fs::write(&kubeconfig, self.kubeconfig())?;
        Seat::at(home.to_owned(), kubeconfig)
    }

    fn kubeconfig(&self) -> String {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: many\nclusters:\n- name: many\n  cluster: \
             {{server: \"http://127.0.0.1:{}\"}}\ncontexts:\n- name: many\n  context: {{cluster: many, user: many}}\n\
             users:\n- name: many\n  user: {{}}\n",
            self.port
        )
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Measures.
pub(crate) fn measure(bench: &Bench, home: &Path, figures: &mut Figures) -> Result<()> {
    let generator = Generator::start(PODS, MANY)?;
    let seat = generator.seat(home)?;
    let (mut all, mut resident, mut peak) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.times() {
        let console = seat.console(SIZE, &[])?;
        all.push(pods_on(&console, PODS)?.all);
        let process = Process(console.pid()?);
        process.rests()?;
        resident.push(process.resident()?);
        peak.push(process.peak()?);
        console.quit()?;
    }
    figures.note("50,000 pods: exec → all rows", Spread::of(all), SECONDS);
    figures.at_most("50,000 pods: memory", Spread::of(resident), MEBIBYTES, 160.0);
    figures.note("50,000 pods: memory, at its most", Spread::of(peak), MEBIBYTES);

    let console = seat.console(SIZE, &[])?;
    pods_on(&console, PODS)?;
    let process = Process(console.pid()?);
    process.rests()?;
    generator.change(CHANGES)?;
    std::thread::sleep(Duration::from_secs(1));
    let presses = if bench.is_quick { 60 } else { PRESSES };
    let (share, keys) = process.share(|| moves(&console, presses, 2))?;
    figures.note("1,000 changes/s and keys", share.percent(), OF_A_CORE);
    figures.at_most("1,000 changes/s: key → painted, p99", percentile(&keys, 99), MILLISECONDS, 33.0);
    figures.note("1,000 changes/s: key → painted", Spread::of(keys), MILLISECONDS);
    figures.note("1,000 changes/s: memory after that", process.resident()?, MEBIBYTES);
    console.quit()?;
    Ok(())
}
