/// Fen as people write them: `¥80.00`.
pub fn yuan(fen: i64) -> String {
    format!("{}¥{}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() / 100, fen.abs() % 100)
}
