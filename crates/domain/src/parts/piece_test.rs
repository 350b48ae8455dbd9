use super::*;
use crate::ground::TypedId;

fn who(n: u128) -> EngineerId {
    EngineerId::from_uuid(uuid::Uuid::from_u128(n))
}
fn part(n: u128) -> PartId {
    PartId::from_uuid(uuid::Uuid::from_u128(n))
}
fn piece(stands: Stand, engineer: Place, with: &str) -> Piece<'_> {
    Piece { part: part(1), stands, engineer, with }
}
/// The books: S1 and S2 in the warehouse, B1 with engineer 7, B2 with 8, U1 put in, O1 out, X1 of another part in the warehouse.
fn books(serial: &str) -> Option<Piece<'static>> {
    Some(match serial {
        "S1" | "S2" => piece(Stand::Store, None, ""),
        "B1" => piece(Stand::Bag, Some(who(7)), "王工"),
        "B2" => piece(Stand::Bag, Some(who(8)), "李工"),
        "U1" => piece(Stand::Used, None, "W-000007"),
        "O1" => piece(Stand::Out, None, ""),
        "X1" => Piece { part: part(2), ..piece(Stand::Store, None, "") },
        _ => return None,
    })
}

fn list(serials: &[&str]) -> Vec<String> {
    serials.iter().map(|s| (*s).to_owned()).collect()
}

#[test]
fn a_serial_moves_from_where_it_stands() {
    let (store, bag) = (None, Some(who(7)));
    for (kind, engineer, serial, wanted) in [
        (K::Received, store, "N1", Ok(Stand::Store)),
        (K::Received, store, "O1", Ok(Stand::Store)),
        (K::Received, store, "S1", Err("stock.serial_in_store")),
        (K::Received, store, "B1", Err("stock.serial_in_bag")),
        (K::Received, store, "U1", Err("stock.serial_used")),
        (K::HandedOut, bag, "S1", Ok(Stand::Bag)),
        (K::HandedOut, bag, "B2", Err("stock.serial_in_bag")),
        (K::HandedOut, bag, "N1", Err("stock.serial_unknown")),
        (K::HandedOut, bag, "X1", Err("stock.serial_other_part")),
        (K::HandedBack, bag, "B1", Ok(Stand::Store)),
        (K::HandedBack, bag, "B2", Err("stock.serial_in_bag")),
        (K::HandedBack, bag, "S1", Err("stock.serial_in_store")),
        (K::WrittenOff, bag, "B1", Ok(Stand::Out)),
        (K::WrittenOff, store, "S2", Ok(Stand::Out)),
        (K::WrittenOff, store, "O1", Err("stock.serial_unknown")),
        (K::Used, bag, "B1", Ok(Stand::Used)),
    ] {
        let asked = StockMove { kind, quantity: 1, engineer, note: "x" };
        let found = moved_pieces(part(1), &asked, &list(&[serial]), Shelf { serials: &[], unnamed: 0 }, books);
        let found = found.map(|(moves, _)| moves[0].stands).map_err(|refusal| refusal.code);
        assert_eq!(found, wanted, "{kind:?} {serial}");
    }
}

#[test]
fn as_many_serials_as_pieces() {
    let shelf = Shelf { serials: &[], unnamed: 2 };
    for (kind, quantity, engineer, serials, code) in [
        (K::Received, 2, None, &["N1"][..], Some("stock.serials_needed")),
        (K::HandedOut, 1, Some(who(7)), &[], Some("stock.serials_needed")),
        // What nobody has named may leave the books, not go out.
        (K::HandedBack, 2, Some(who(7)), &[], None),
        (K::WrittenOff, 3, None, &[], Some("stock.serials_needed")),
    ] {
        let asked = StockMove { kind, quantity, engineer, note: "" };
        let found = moved_pieces(part(1), &asked, &list(serials), shelf, books);
        assert_eq!(found.err().map(|refusal| refusal.code), code, "{kind:?}");
    }
    assert_eq!(piece_serials(&list(&["n-1", " N1 "])).unwrap_err().code, "stock.serial_twice");
    assert_eq!(piece_serials(&list(&["n-1", " "])), Ok(list(&["N1"])));
    assert_eq!(
        (piece_serial("头").unwrap_err().code, piece_serial("4111111111111111").unwrap_err().code),
        ("part.bad_serial", "text.card")
    );
}

#[test]
fn a_count_names_what_is_there() {
    let here = list(&["S1", "S2"]);
    let asked = StockMove { kind: K::Counted, quantity: 3, engineer: None, note: "盘点" };
    let shelf = Shelf { serials: &here, unnamed: 1 };
    let (moves, unnamed) = moved_pieces(part(1), &asked, &list(&["S1", "N1", "O1"]), shelf, books).unwrap();
    let told: Vec<(&str, i64, Stand)> = moves.iter().map(|m| (m.serial.as_str(), m.changes[0].by, m.stands)).collect();
    assert_eq!(told, [("N1", 1, Stand::Store), ("O1", 1, Stand::Store), ("S2", -1, Stand::Out)]);
    // The one nobody had named is one of those that have a name now.
    assert_eq!(unnamed, [StockChange { place: None, by: -1 }]);
    let total: i64 = moves.iter().flat_map(|m| &m.changes).chain(&unnamed).map(|change| change.by).sum();
    assert_eq!(total, 0, "three lay there, three were counted");
    let elsewhere = moved_pieces(part(1), &asked, &list(&["S1", "S2", "B1"]), shelf, books);
    assert_eq!(elsewhere.unwrap_err().code, "stock.serial_in_bag");
}

#[test]
fn a_part_is_put_in_from_the_bag_or_not_at_all() {
    let plain = |carried, to_fetch| InReach { part: part(1), number: "PH-1", serialised: false, carried, to_fetch };
    let named = |carried, to_fetch| InReach { serialised: true, ..plain(carried, to_fetch) };
    for (serial, kept, reach, wanted) in [
        (None, true, vec![plain(1, 0)], Ok(Some(false))),
        (Some("H2"), true, vec![plain(1, 0)], Ok(Some(false))),
        (None, true, vec![plain(0, 3)], Err("stock.fetch_first")),
        (None, true, vec![plain(0, 0)], Err("stock.not_carried")),
        (None, true, vec![], Err("stock.unlisted")),
        (None, false, vec![], Ok(None)),
        (None, true, vec![named(1, 0)], Err("stock.serial_needed")),
        (Some("N1"), true, vec![named(1, 0)], Err("stock.serial_unknown")),
        (Some("N1"), true, vec![named(0, 1)], Err("stock.fetch_first")),
        (Some("B1"), true, vec![named(1, 0)], Ok(Some(true))),
        (Some("B2"), true, vec![named(1, 0)], Err("stock.serial_in_bag")),
        (Some("S1"), true, vec![named(1, 1)], Err("stock.serial_in_store")),
        (Some("U1"), true, vec![named(1, 1)], Err("stock.serial_used")),
        (Some("O1"), true, vec![named(1, 1)], Err("stock.serial_unknown")),
        (Some("B1"), true, vec![InReach { part: part(9), ..named(1, 0) }], Err("stock.not_fitting")),
        (Some("B1"), false, vec![], Err("stock.not_fitting")),
    ] {
        let said = PutIn { engineer: who(7), kept, serial, piece: serial.and_then(books) };
        let found = put_in(&said, &reach).map(|found| found.map(|(_, by_serial)| by_serial)).map_err(|refusal| refusal.code);
        assert_eq!(found, wanted, "{serial:?} {reach:?}");
    }
}
