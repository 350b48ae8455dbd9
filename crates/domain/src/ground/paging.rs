/// Rows of a page when the caller names no limit.
pub const DEFAULT_PAGE: u32 = 25;
/// Most rows of a page; a larger wish is cut down to this.
pub const MAX_PAGE: u32 = 200;

/// The page size for a caller's wish: 1 to [`MAX_PAGE`], [`DEFAULT_PAGE`] without one.
pub fn page_size(wish: Option<u32>) -> u32 {
    wish.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE)
}
