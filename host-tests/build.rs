//! Builds the component and the guests for `wasm32-wasip2`, composes each guest
//! that imports the component with it, and hands their paths to this crate as
//! environment variables: `HTTPLIB_WASM`, `GUEST_<NAME>_WASM`,
//! `GUEST_<NAME>_COMPOSED_WASM`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, PlugError, plug};

const TARGET: &str = "wasm32-wasip2";

/// The profile in the workspace's manifest that the component is built with.
const PROFILE: &str = "component";

/// What goes into the component and the guests, below the workspace.
const SOURCES: [&str; 8] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "host-tests/guests",
    "patches",
    "rust-toolchain.toml",
    "src",
    "wit",
];

/// Settings of the outer build that would reach the nested one: they take the
/// place of the flags in `.cargo/config.toml`, or wrap the compiler.
const OUTER_SETTINGS: [&str; 13] = [
    "CARGO_BUILD_BUILD_DIR",
    "CARGO_BUILD_RUSTC_WRAPPER",
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS",
    "RUSTC_LINKER",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            for line in message.lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    let manifest_dir = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let workspace = manifest_dir
        .parent()
        .ok_or("this crate is not inside its workspace")?;
    println!("cargo::rerun-if-changed=build.rs");
    for source in SOURCES {
        println!(
            "cargo::rerun-if-changed={}",
            workspace.join(source).display()
        );
    }

    let guests = guests(&manifest_dir.join("guests"))?;
    let directory = wasm_directory(Path::new(&variable("OUT_DIR")?))?;
    add_target()?;
    // One after the other: built together they would share the features of their
    // dependencies, and the component is to have its own.
    compile(workspace, &directory, &["httplib".to_owned()])?;
    compile(
        workspace,
        &directory,
        &guests
            .iter()
            .map(|name| format!("guest-{name}"))
            .collect::<Vec<_>>(),
    )?;

    let built = directory.join(TARGET).join(PROFILE);
    let component = directory.join("httplib.wasm");
    strip(&built.join("httplib.wasm"), &component)?;
    expose("HTTPLIB_WASM", &component);
    for name in &guests {
        let guest = built.join(format!("guest-{name}.wasm"));
        let composed = directory.join(format!("{name}.composed.wasm"));
        let variable = format!("GUEST_{}", name.to_uppercase());
        expose(&format!("{variable}_WASM"), &guest);
        if compose(&component, &guest, &composed)
            .map_err(|error| format!("composing the guest {name} failed: {error}"))?
        {
            expose(&format!("{variable}_COMPOSED_WASM"), &composed);
        }
    }
    Ok(())
}

/// The directories in `guests/`. Each holds a package `guest-<name>`.
fn guests(directory: &Path) -> Result<Vec<String>, String> {
    let unreadable = |error| format!("cannot read {}: {error}", directory.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.join("Cargo.toml").exists()
            && let Some(name) = path.file_name().and_then(|name| name.to_str())
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// `wasm` in the target directory of the workspace: a directory of its own,
/// because the outer cargo holds the lock of the others, and the same one for
/// all profiles, because they all want the same component.
fn wasm_directory(out_dir: &Path) -> Result<PathBuf, String> {
    // <target directory>[/<target>]/<profile>/build/<package>/out
    let mut target_directory = out_dir
        .ancestors()
        .nth(4)
        .ok_or_else(|| format!("{} is not inside a target directory", out_dir.display()))?;
    if target_directory.ends_with(variable("TARGET")?) {
        target_directory = target_directory.parent().unwrap_or(target_directory);
    }
    Ok(target_directory.join("wasm"))
}

/// Adds the wasm target to the toolchain if rustup says that it is missing.
fn add_target() -> Result<(), String> {
    let listed = Command::new("rustup")
        .args(["target", "list", "--installed"])
        .output();
    // Toolchains of distributions have no rustup; whether they have the target
    // is then seen when compiling.
    let Some(listed) = listed.ok().filter(|output| output.status.success()) else {
        return Ok(());
    };
    if String::from_utf8_lossy(&listed.stdout)
        .lines()
        .any(|line| line.trim() == TARGET)
    {
        return Ok(());
    }
    match Command::new("rustup")
        .args(["target", "add", TARGET])
        .status()
    {
        Ok(status) if status.success() => Ok(()),
        _ => Err(format!(
            "The component needs the Rust target {TARGET}, and rustup could not add it.\n\
             With a network connection, run `rustup target add {TARGET}`, then build again."
        )),
    }
}

fn compile(workspace: &Path, directory: &Path, packages: &[String]) -> Result<(), String> {
    let mut cargo = Command::new(variable("CARGO")?);
    cargo.args(["build", "--profile", PROFILE, "--target", TARGET]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    cargo
        .arg("--config")
        .arg(path_flags(workspace)?)
        .arg("--target-dir")
        .arg(directory)
        .current_dir(workspace);
    for setting in OUTER_SETTINGS {
        cargo.env_remove(setting);
    }
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!(
            "{} could not be compiled for {TARGET}: see the output below.\n\
             If it says that the target may not be installed, and there is no rustup here, \
             install the standard library of {TARGET} the way this toolchain was installed.",
            packages.join(", ")
        )),
        Err(error) => Err(format!("cargo could not be started: {error}")),
    }
}

/// The flags that take this machine's paths out of the places that panics name: they
/// are the same on every machine then, and shorter.
fn path_flags(workspace: &Path) -> Result<String, String> {
    let home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => env::home_dir()
            .ok_or("there is no home directory")?
            .join(".cargo"),
    };
    let mut prefixes = vec![(workspace.to_path_buf(), "")];
    let sources = home.join("registry").join("src");
    if let Ok(registries) = fs::read_dir(&sources) {
        let registries = registries.flatten().map(|entry| (entry.path(), "crates"));
        prefixes.extend(registries);
    }
    let flags = prefixes
        .iter()
        .map(|(path, name)| format!("'--remap-path-prefix={}={name}'", path.display()));
    let flags: Vec<String> = flags.collect();
    Ok(format!("target.{TARGET}.rustflags=[{}]", flags.join(",")))
}

/// Copies a component without its custom sections: the linker leaves one with the
/// names of everything in it, which nothing needs.
fn strip(built: &Path, stripped: &Path) -> Result<(), String> {
    let bytes =
        fs::read(built).map_err(|error| format!("cannot read {}: {error}", built.display()))?;
    let damaged = || format!("{} is damaged", built.display());
    let (header, mut rest) = bytes.split_at_checked(8).ok_or_else(damaged)?;
    let mut kept = header.to_vec();
    while let Some((id, after)) = rest.split_first() {
        let (size, start) = leb128(after).ok_or_else(damaged)?;
        let end = 1 + start + size;
        let section = rest.get(..end).ok_or_else(damaged)?;
        if *id != 0 {
            kept.extend_from_slice(section);
        }
        rest = &rest[end..];
    }
    fs::write(stripped, kept)
        .map_err(|error| format!("cannot write {}: {error}", stripped.display()))
}

/// An unsigned number, and how many bytes it took.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

/// What `wac plug` does; false if the guest imports nothing of the component.
fn compose(component: &Path, guest: &Path, composed: &Path) -> Result<bool, String> {
    let mut graph = CompositionGraph::new();
    let mut register = |name: &str, path: &Path| {
        let package = Package::from_file(name, None, path, graph.types_mut())
            .map_err(|error| format!("{error:#}"))?;
        graph
            .register_package(package)
            .map_err(|error| error.to_string())
    };
    let component = register("component", component)?;
    let guest = register("guest", guest)?;
    match plug(&mut graph, vec![component], guest) {
        Ok(()) => {}
        Err(PlugError::NoPlugHappened) => return Ok(false),
        Err(error) => return Err(error.to_string()),
    }
    let bytes = graph
        .encode(EncodeOptions::default())
        .map_err(|error| error.to_string())?;
    fs::write(composed, bytes)
        .map(|()| true)
        .map_err(|error| format!("cannot write {}: {error}", composed.display()))
}

fn expose(name: &str, path: &Path) {
    println!("cargo::rustc-env={name}={}", path.display());
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|error| format!("{name}: {error}"))
}
