internal import TextNumbers
internal import Web

/// `?limit=&cursor=&tower=` of a list that each tower has.
struct TowerPage: Sendable {
    let paging: Paging
    let tower: Tower

    /// Items are short: all on one page, unless fewer are asked for.
    static let form = Form.object(
        fields: Field("limit", .integer(1...100_000), default: 100_000, "The most items of a page."),
        Field(optional: "cursor", .string, "The next_cursor of the page before."), tower(),
        make: { TowerPage(paging: Paging(limit: $0, cursor: $1), tower: $2) })

    static func tower() -> Field<Tower> {
        Field("tower", .choice(of: Tower.self), default: "vision", "Which of the model's towers is meant.")
    }
}
