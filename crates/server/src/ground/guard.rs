//! Files that hold secrets are for the user who runs the house, and perhaps their group.

use std::path::Path;

/// What everybody else on the machine may do with a file or folder: read, write, execute, as the last three bits of its mode.
#[cfg(unix)]
pub fn others(path: &Path) -> u32 {
    std::fs::metadata(path).map_or(0, |found| std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o7)
}

/// Files are nobody else's where the system has no such modes.
#[cfg(not(unix))]
pub fn others(_: &Path) -> u32 {
    0
}

/// Refuses a file with a secret that everybody can read or write. A group may: that is how orchestrators hand secrets in. Errors: what
/// is so and how to change it.
pub fn guarded(path: &Path, holds: &str) -> Result<(), String> {
    match others(path) & 0o6 {
        0 => Ok(()),
        _ => Err(format!(
            "{0} holds {holds}, and everybody on this machine can get at it. Run `chmod o-rwx {0}`, then start again",
            path.display()
        )),
    }
}

/// Makes a folder and those above it, if they are not there: for its user and their group.
pub fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o750);
    builder.recursive(true).create(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_for_its_user_and_their_group() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        write(&path, "x").unwrap();
        for (mode, good) in
            [(0o600, true), (0o400, true), (0o640, true), (0o660, true), (0o644, false), (0o604, false), (0o602, false), (0o666, false)]
        {
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let said = guarded(&path, "a key");
            assert_eq!(said.is_ok(), good, "{mode:o}");
            assert!(said.err().is_none_or(|why| why.contains("chmod o-rwx") && why.contains("secret")), "{mode:o}");
        }
    }
}
