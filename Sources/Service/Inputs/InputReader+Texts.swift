internal import HTTPTypes
internal import HookedModels
internal import Scheduling
internal import Tensors
internal import TextNumbers
internal import Web

extension InputReader {
    /// A text as the ids that go into the model: [1, context].
    func ids(of text: String, at place: JSONPointer?, _ tower: LoadedTower) async throws -> Tensor {
        guard let side = tower.text else { throw notPicture("text", at: place?["text"], tower) }
        let tokenizer = try side.usableTokenizer()
        return try await pool.run { tokenizer.padded(text) }.asRow
    }

    /// Of each input, whether it is a text that is longer than the context, so that only its first words and the end go in;
    /// `nil` for a tower that reads no texts.
    func truncations(_ inputs: ArraySlice<Place>, for tower: LoadedTower) async -> [Bool]? {
        guard let tokenizer = try? tower.text?.tokenizer.get() else { return nil }
        return try? await pool.run {
            inputs.map { input in
                guard case .text(let text) = input.value else { return false }
                return tokenizer.truncates(text)
            }
        }
    }

    /// Ids as they go into the model, filled up to the context.
    func row(of ids: [Int], at place: JSONPointer?, _ tower: LoadedTower) throws -> Tensor {
        guard let side = tower.text else { throw notPicture("list of tokens", at: place?["tokens"], tower) }
        let input = side.input
        let field = place?["tokens"] ?? JSONPointer()["tokens"]
        guard ids.count <= input.context else {
            throw FieldError(
                .pointer(field), "\(ids.count) tokens are more than the model's context of \(input.context)")
        }
        for (index, id) in ids.enumerated() where id >= input.vocabulary {
            throw FieldError(
                .pointer(field[index]), "there is no token \(id); the model's vocabulary has \(input.vocabulary)")
        }
        let padding = (try? side.tokenizer.get().padding) ?? input.padding
        return (ids + Array(repeating: padding, count: input.context - ids.count)).asRow
    }

    /// The error of what a text tower cannot read.
    func notText(_ found: String, at place: JSONPointer?) -> FieldError {
        FieldError(
            .pointer(place ?? JSONPointer()["tower"]),
            "the text tower reads {\"text\"} and {\"tokens\"}; a \(found) goes to \"tower\": \"vision\"")
    }

    private func notPicture(_ found: String, at place: JSONPointer?, _ tower: LoadedTower) -> FieldError {
        let detail =
            tower.hasTextBeside
            ? "the vision tower reads pictures and tensors; a \(found) goes to \"tower\": \"text\""
            : "the model reads pictures and tensors; it has no text tower for a \(found)"
        return FieldError(.pointer(place ?? JSONPointer()["tower"]), detail)
    }
}

extension TextSide {
    /// - Throws: 409 with the reason where there is none.
    func usableTokenizer() throws(Problem) -> Tokenizer {
        do throws(TokenizerError) {
            return try tokenizer.get()
        } catch {
            throw Problem(.conflict, "The model cannot read texts, but {\"tokens\"}: \(error).")
        }
    }
}

extension [Int] {
    /// Ids as the model takes them: whole numbers of float32, which has room for all below 2²⁴.
    var asRow: Tensor { Tensor(shape: [1, count], elements: map(Float.init)) }
}
