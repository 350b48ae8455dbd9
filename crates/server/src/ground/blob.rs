//! Files kept under the hash of their content. What this says is kept is on the disk, whole, under a name that is on the disk too; so a row
//! written afterwards never names a file that a loss of power takes away. With several nodes the folder must be one they share.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::seal::{digest, hex, random};

/// The folder of kept files.
#[derive(Debug, Clone)]
pub struct Blobs {
    root: PathBuf,
}

/// What is wrong with a kept file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It is not there.
    Missing,
    /// Its content is not what its name says.
    Bent,
}

impl Blobs {
    /// The files of a data folder; nothing is made before the first file.
    pub fn of(data_dir: &Path) -> Self {
        Self { root: data_dir.join("files") }
    }

    /// Keeps bytes; their hash. The file is written beside, synced, renamed, and the rename synced, before this returns.
    pub fn put(&self, bytes: &[u8]) -> io::Result<String> {
        let name = hex(&digest(bytes));
        let (path, now) = (self.path(&name), Self::stamp());
        if path.metadata().is_ok_and(|m| m.len() == bytes.len() as u64) {
            // Known already. Fresh again, so that the sweep leaves it to the row that is about to name it.
            File::options().write(true).open(&path)?.set_modified(now)?;
            return Ok(name);
        }
        let (shelf, drafts) = (self.shelf(&name), self.root.join("tmp"));
        for folder in [&shelf, &drafts] {
            if !folder.exists() {
                fs::create_dir_all(folder)?;
                sync(&self.root)?;
            }
        }
        let draft = drafts.join(hex(&random()[..16]));
        let mut file = File::create_new(&draft)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&draft, &path));
        if let Err(error) = written {
            let _ = fs::remove_file(&draft);
            return Err(error);
        }
        sync(&shelf)?;
        Ok(name)
    }

    /// The bytes from `from`, `length` of them at most, of a kept file.
    pub fn read(&self, name: &str, from: u64, length: u64) -> io::Result<Vec<u8>> {
        let mut file = File::open(self.path(name))?;
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// What is wrong with a kept file, if anything.
    pub fn flaw(&self, name: &str) -> io::Result<Option<Flaw>> {
        match fs::read(self.path(name)) {
            Ok(bytes) if hex(&digest(&bytes)) == name => Ok(None),
            Ok(_) => Ok(Some(Flaw::Bent)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(Flaw::Missing)),
            Err(error) => Err(error),
        }
    }

    /// Where a file lies, or would lie.
    pub fn path(&self, name: &str) -> PathBuf {
        self.shelf(name).join(name)
    }

    /// Names of kept files after one, in order, `most` of them at most: fewer only at the end. With each whether it has been touched since an
    /// instant.
    pub fn after(&self, name: &str, than: SystemTime, most: usize) -> io::Result<Vec<(String, bool)>> {
        let named = |path: &Path| path.file_name().and_then(|n| n.to_str()).map(str::to_owned);
        let mut shelves: Vec<String> = folders(&self.root)?.iter().filter_map(|p| named(p)).filter(|n| n.len() == 2).collect();
        shelves.retain(|shelf| name.get(..2).is_none_or(|done| shelf.as_str() >= done));
        shelves.sort_unstable();
        let mut found = Vec::new();
        for shelf in shelves {
            let folder = self.root.join(shelf);
            let mut names: Vec<String> =
                entries(&folder)?.iter().filter_map(|p| named(p)).filter(|n| is_hash(n) && n.as_str() > name).collect();
            names.sort_unstable();
            for name in names.into_iter().take(most - found.len()) {
                let fresh = touched(&folder.join(&name))?.is_none_or(|at| at >= than);
                found.push((name, fresh));
            }
            if found.len() == most {
                break;
            }
        }
        Ok(found)
    }

    /// Forgets a kept file, unless it has been touched since an instant. Whether it did.
    pub fn remove_old(&self, name: &str, than: SystemTime) -> io::Result<bool> {
        let old = touched(&self.path(name))?.is_some_and(|at| at < than);
        if old {
            self.remove(name)?;
        }
        Ok(old)
    }

    /// Forgets a kept file.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path(name))
    }

    /// Writes a part of a file that is still on its way, at its place; on the disk when this returns.
    pub fn write_part(&self, upload: &str, at: u64, bytes: &[u8]) -> io::Result<()> {
        let folder = self.root.join("parts");
        fs::create_dir_all(&folder)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(upload))?;
        file.write_all_at(bytes, at)?;
        file.sync_data()
    }

    /// What has come of a file that is still on its way.
    pub fn parts(&self, upload: &str) -> io::Result<Vec<u8>> {
        fs::read(self.root.join("parts").join(upload))
    }

    /// Forgets a file that is still on its way; it may not have begun.
    pub fn drop_parts(&self, upload: &str) {
        let _ = fs::remove_file(self.root.join("parts").join(upload));
    }

    /// Takes away parts and drafts that have not been touched since an instant. How many.
    pub fn drop_old_parts(&self, than: SystemTime) -> io::Result<usize> {
        let mut gone = 0;
        for folder in ["parts", "tmp"] {
            for file in entries(&self.root.join(folder))? {
                if file.metadata().and_then(|m| m.modified()).is_ok_and(|at| at < than) {
                    gone += usize::from(fs::remove_file(file).is_ok());
                }
            }
        }
        Ok(gone)
    }

    fn shelf(&self, name: &str) -> PathBuf {
        self.root.join(name.get(..2).unwrap_or("00"))
    }

    /// The file system's own clock is asked, as for every other file.
    #[expect(clippy::disallowed_methods, reason = "compared with what the file system writes, not with the house's time")]
    fn stamp() -> SystemTime {
        SystemTime::now()
    }

    /// So long ago by the file system's clock.
    pub fn ago(by: std::time::Duration) -> SystemTime {
        Self::stamp().checked_sub(by).unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(found) => found.map(|entry| entry.map(|e| e.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn is_hash(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// When a file was touched last; `None` when it is gone.
fn touched(file: &Path) -> io::Result<Option<SystemTime>> {
    match fs::metadata(file).and_then(|m| m.modified()) {
        Ok(at) => Ok(Some(at)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    Ok(entries(folder)?.into_iter().filter(|p| p.is_dir()).collect())
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_once_and_found_flawed_when_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::of(folder.path());
        let name = blobs.put(b"receipt").unwrap();
        assert_eq!(blobs.put(b"receipt").unwrap(), name);
        assert_eq!(blobs.read(&name, 2, 3).unwrap(), b"cei");
        assert_eq!(blobs.flaw(&name).unwrap(), None);
        fs::write(blobs.path(&name), b"receipX").unwrap();
        assert_eq!(blobs.flaw(&name).unwrap(), Some(Flaw::Bent));
        let hour = Blobs::ago(std::time::Duration::from_secs(3600));
        assert!(!blobs.remove_old(&name, hour).unwrap());
        blobs.remove(&name).unwrap();
        assert_eq!(blobs.flaw(&name).unwrap(), Some(Flaw::Missing));
    }

    #[test]
    fn files_are_walked_through_in_order_a_few_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::of(folder.path());
        let mut names: Vec<String> = (0..40_u8).map(|n| blobs.put(&[n]).unwrap()).collect();
        names.sort_unstable();
        let ago = |hours: u64| Blobs::ago(std::time::Duration::from_secs(hours * 3600));
        File::options().write(true).open(blobs.path(&names[7])).unwrap().set_modified(ago(2)).unwrap();
        let (mut seen, mut steps) = (Vec::new(), Vec::new());
        loop {
            let last = seen.last().map_or_else(String::new, |(name, _): &(String, bool)| name.clone());
            let step = blobs.after(&last, ago(1), 9).unwrap();
            steps.push(step.len());
            seen.extend(step);
            if seen.len() == names.len() {
                break;
            }
        }
        assert_eq!(steps, [9, 9, 9, 9, 4]);
        assert_eq!(seen, names.iter().enumerate().map(|(n, name)| (name.clone(), n != 7)).collect::<Vec<_>>());
        assert_eq!(blobs.after(&names[39], ago(1), 9).unwrap(), []);
        assert!(blobs.remove_old(&names[7], ago(1)).unwrap() && !blobs.remove_old(&names[7], ago(1)).unwrap());
    }

    #[test]
    fn parts_stand_where_they_belong_whatever_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::of(folder.path());
        blobs.write_part("upl_1", 3, b"def").unwrap();
        blobs.write_part("upl_1", 0, b"abc").unwrap();
        assert_eq!(blobs.parts("upl_1").unwrap(), b"abcdef");
        blobs.drop_parts("upl_1");
        assert!(blobs.parts("upl_1").is_err());
    }
}
