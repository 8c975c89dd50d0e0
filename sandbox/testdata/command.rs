// A program: the event on standard input, the response on standard output.
use std::io;

fn main() -> io::Result<()> {
    eprintln!("{} runs", std::env::args().next().unwrap_or_default());
    io::copy(&mut io::stdin(), &mut io::stdout())?;
    Ok(())
}
