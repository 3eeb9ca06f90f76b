import HTTP
import HTTPTypes

/// The two directions of a request in flight, as its task sees them. A task names its request by number: what an
/// older one says after its exchange is over goes nowhere.
extension Connection {
    // MARK: The request's body

    /// The next of the body, as far as it has come.
    mutating func readBody(of number: Int, at now: Instant) -> BodyRead {
        guard case .exchange(var exchange) = phase, exchange.number == number else {
            return .failed(HTTPError(.badRequest, "The connection ended before the body was read."))
        }
        switch exchange.body {
        case .ended: return .end
        case .failed(let error): return .failed(error)
        case .arriving: break
        }
        // Moved out while it changes.
        let result = advanceBody(&exchange, at: now)
        updatePace(&exchange, at: now)
        phase = .exchange(exchange)
        return result
    }

    private mutating func advanceBody(_ exchange: inout Exchange, at now: Instant) -> BodyRead {
        do throws(HTTPError) {
            switch try parser.next() {
            case .body(let piece): return .piece(piece)
            case .end:
                exchange.body = .ended
                return .end
            case .head, nil:
                askToContinue(&exchange, at: now)
                return .wait
            }
        } catch {
            exchange.body = .failed(error)
            return .failed(error)
        }
    }

    /// Sends `100 Continue` when the client waits for it: only once somebody wants the body, so that a handler
    /// that refuses by the head alone has spared the client the upload.
    private mutating func askToContinue(_ exchange: inout Exchange, at now: Instant) {
        guard exchange.head.expectsContinue, !exchange.hasContinued, parser.bufferedBytes == 0,
            case .awaited = exchange.answer
        else { return }
        exchange.hasContinued = true
        send(ResponseEncoder.continueHead, at: now)
    }

    // MARK: The response

    /// A whole response at once.
    mutating func respond(to number: Int, with head: HTTPResponse, body: [UInt8], at now: Instant) {
        guard case .exchange(var exchange) = phase, exchange.number == number, case .awaited = exchange.answer else {
            return
        }
        // Nobody will read the rest of the body. If it has all come the connection can go on.
        dropBufferedBody(&exchange)
        let framing = framing(of: head, length: body.count, for: exchange)
        let closes = !canGoOn(after: exchange)
        var bytes: [UInt8] = []
        let isSmall = body.count <= OutboundBuffer.smallPiece
        bytes.reserveCapacity(256 + (isSmall ? body.count : 0))
        ResponseEncoder.appendHead(head, framing: framing, date: settings.date(), closes: closes, to: &bytes)
        if framing.carriesBody && isSmall { bytes += body }
        send(bytes, at: now)
        if framing.carriesBody && !isSmall { send(body, at: now) }
        end(exchange, closes: closes, at: now)
    }

    /// The head of a response whose body follows piece by piece.
    /// - Returns: Whether any body is wanted: not for HEAD, 204 and 304, nor when nobody is there.
    mutating func beginStream(
        to number: Int, with head: HTTPResponse, length: Int?, at now: Instant
    ) -> Bool {
        guard case .exchange(var exchange) = phase, exchange.number == number, case .awaited = exchange.answer else {
            return false
        }
        let framing = framing(of: head, length: length, for: exchange)
        if !framing.carriesBody { dropBufferedBody(&exchange) }
        // While a response streams its handler may go on reading, so an unfinished body does not say "close" yet.
        let closes = !exchange.head.keepsAlive || isDraining || !(framing.carriesBody || exchange.hasAllOfBody)
        var bytes: [UInt8] = []
        ResponseEncoder.appendHead(head, framing: framing, date: settings.date(), closes: closes, to: &bytes)
        send(bytes, at: now)
        guard framing.carriesBody else {
            end(exchange, closes: closes, at: now)
            return false
        }
        exchange.answer = .streaming(framing: framing, left: length ?? 0)
        phase = .exchange(exchange)
        return true
    }

    /// A piece of a streamed body.
    /// - Returns: Whether it was taken: not when nobody is there, nor beyond a declared length.
    mutating func stream(_ bytes: [UInt8], to number: Int, at now: Instant) -> Bool {
        guard case .exchange(var exchange) = phase, exchange.number == number,
            case .streaming(let framing, let left) = exchange.answer
        else { return false }
        switch framing {
        case .length:
            guard bytes.count <= left else {
                failed()
                return false
            }
            exchange.answer = .streaming(framing: framing, left: left - bytes.count)
            phase = .exchange(exchange)
            send(bytes, at: now)
        case .chunked: sendChunk(bytes, at: now)
        case .untilClose: send(bytes, at: now)
        case .none, .omitted: return false
        }
        return true
    }

    /// The end of a streamed body.
    mutating func endStream(to number: Int, at now: Instant) {
        guard case .exchange(var exchange) = phase, exchange.number == number,
            case .streaming(let framing, let left) = exchange.answer
        else { return }
        // Short of its length: the client must not take it for whole.
        guard left == 0 else { return abortStream(to: number) }
        if framing == .chunked { send(ResponseEncoder.lastChunk, at: now) }
        dropBufferedBody(&exchange)
        end(exchange, closes: framing == .untilClose || !canGoOn(after: exchange), at: now)
    }

    /// A streamed body that cannot go on: the connection ends without the end of the body, which tells the client.
    mutating func abortStream(to number: Int) {
        guard case .exchange(let exchange) = phase, exchange.number == number else { return }
        close()
    }

    // MARK: Steps

    private mutating func sendChunk(_ bytes: [UInt8], at now: Instant) {
        guard !bytes.isEmpty else { return }
        if bytes.count <= OutboundBuffer.smallPiece {
            var chunk: [UInt8] = []
            chunk.reserveCapacity(bytes.count + 16)
            ResponseEncoder.appendChunk(bytes, to: &chunk)
            send(chunk, at: now)
        } else {
            send(Array("\(String(bytes.count, radix: 16))\r\n".utf8), at: now)
            send(bytes, at: now)
            send([0x0D, 0x0A], at: now)
        }
    }

    private func framing(of head: HTTPResponse, length: Int?, for exchange: Exchange) -> ResponseEncoder.Framing {
        ResponseEncoder.framing(
            status: head.status, length: length, method: exchange.head.request.method, version: exchange.head.version)
    }

    private func canGoOn(after exchange: Exchange) -> Bool {
        exchange.head.keepsAlive && exchange.hasAllOfBody && !isDraining
    }

    private mutating func dropBufferedBody(_ exchange: inout Exchange) {
        guard case .arriving = exchange.body else { return }
        while let event = try? parser.next() {
            guard event == .end else { continue }
            exchange.body = .ended
            return
        }
    }

    private mutating func end(_ exchange: Exchange, closes: Bool, at now: Instant) {
        patienceEnds = nil
        guard !closes else { return finish(at: now) }
        phase = .head(since: now)
        advance(at: now)
    }
}
