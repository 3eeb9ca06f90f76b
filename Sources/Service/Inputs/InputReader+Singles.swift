internal import HookedModels
internal import Imaging
internal import Tensors
internal import Web

extension InputReader {
    /// The inputs one by one: a tensor with a batch axis is as many as it has rows. Nothing is decoded.
    func singles(_ options: InputOptions, _ payload: RequestPayload, for tower: LoadedTower) throws -> [Place] {
        var singles: [Place] = []
        for source in try sources(options, payload) {
            guard case .tensor(let tensor) = source.value else {
                singles.append(source)
                continue
            }
            let rows = try rows(of: tensor, at: source.place, tower)
            guard singles.count + rows.shape[0] <= limits.inputs else { throw tooMany(singles.count + rows.shape[0]) }
            singles += (0..<rows.shape[0]).map { row in
                Place(value: .tensor(rows.rows(row..<(row + 1))), place: source.place)
            }
        }
        guard !singles.isEmpty else { throw none }
        guard singles.count <= limits.inputs else { throw tooMany(singles.count) }
        return singles
    }

    /// Reads each of some inputs: [1] + the model's input shape, or why it cannot be read.
    func read(
        _ inputs: ArraySlice<Place>, _ options: InputOptions, _ tower: LoadedTower, _ preprocessing: Preprocessing
    ) async -> [Result<Tensor, any Error>] {
        await withTaskGroup(of: (Int, Result<Tensor, any Error>).self) { group in
            for (index, input) in zip(inputs.indices, inputs) {
                group.addTask {
                    do {
                        return (
                            index, .success(try await read(input.value, at: input.place, options, tower, preprocessing))
                        )
                    } catch { return (index, .failure(error)) }
                }
            }
            var results: [(Int, Result<Tensor, any Error>)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
