use std::path::PathBuf;

/// Compares a text with `portraits/<name>`; `UPDATE_PORTRAITS=1` rewrites the file instead. Panics on a difference.
pub fn check_portrait(name: &str, now: &str) {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../portraits")).join(name);
    if std::env::var_os("UPDATE_PORTRAITS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, now).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "portraits/{name} is not current: run `make portraits` and review the difference\n--- now ---\n{now}");
}
