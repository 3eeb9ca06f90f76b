import HTTP

/// One request in flight and how far its two directions have come.
struct Exchange: Sendable {
    enum Body: Sendable {
        case arriving
        case ended
        case failed(HTTPError)
    }

    enum Answer: Sendable {
        case awaited
        /// A streamed response is on its way; of a declared length so much is left.
        case streaming(framing: ResponseEncoder.Framing, left: Int)
    }

    let number: Int
    let head: RequestHead
    var body: Body
    var answer = Answer.awaited
    var hasContinued = false
    var pace = Pace()

    init(number: Int, head: RequestHead) {
        self.number = number
        self.head = head
        self.body = head.framing == .none ? .ended : .arriving
    }

    var hasAllOfBody: Bool {
        if case .ended = body { return true }
        return false
    }
}
