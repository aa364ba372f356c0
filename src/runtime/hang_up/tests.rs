use std::io::pipe;
use std::sync::mpsc;
use std::thread;

use super::*;

#[test]
fn a_pipe_tells_that_its_reader_is_gone_though_nothing_is_written() {
    let (reader, writer) = pipe().expect("a pipe can be made");
    let (sender, told) = mpsc::channel();
    thread::spawn(move || {
        await_hang_up(&writer);
        sender.send(()).expect("the test waits for it");
    });
    assert!(told.recv_timeout(Duration::from_millis(100)).is_err(), "it is still read");
    drop(reader);
    told.recv_timeout(Duration::from_mins(1)).expect("it is told");
}
