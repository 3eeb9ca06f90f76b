// Time of gradients of a logit difference on our side, as JSON lines like those of torch/gradient.py, in the same units:
// {"what", "batch", "seconds": the best, "median", "runs"}; with --check DIR the gradients themselves against torch's.
//
//   Gradient CHECKPOINT [--batches 1,8,32] [--runs 9] [--what "at every hook"] [--check DIR]
import Checkpoints
import Foundation
import HookedModels
import Tensors

func measure(_ what: String, batch: Int, runs: Int, _ body: () -> Void) {
    if let wanted = value("--what"), !what.contains(wanted) { return }
    for _ in 0..<2 { body() }
    let seconds = (0..<runs).map { _ in ContinuousClock().measure(body) / .seconds(1) }.sorted()
    let line =
        #"{"what": "\#(what)", "batch": \#(batch), "seconds": \#(seconds[0]), "median": \#(seconds[runs / 2]), "runs": \#(runs)}"#
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

func value(_ option: String) -> String? {
    CommandLine.arguments.firstIndex(of: option).flatMap { CommandLine.arguments.dropFirst($0 + 1).first }
}

/// Random, but the same in every run.
func pixels(_ shape: [Int]) -> Tensor {
    var state: UInt64 = 1
    return Tensor(shape: shape) { target in
        for index in target.indices {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            target[index] = Float(state >> 40) / Float(1 << 23) - 1
        }
    }
}

guard let path = CommandLine.arguments.dropFirst().first else { fatalError("usage: Gradient CHECKPOINT") }
let batches = (value("--batches") ?? "1,8,32").split(separator: ",").compactMap { Int($0) }
let runs = value("--runs").flatMap { Int($0) } ?? 9
let model = try HookedModel(Checkpoint(path: path))

/// The logit of class 1 less that of class 2.
let seed: GradientRequest.Seed = { _, output in
    Tensor(shape: output.shape) { target in
        for index in target.indices { target[index] = index == 1 ? 1 : index == 2 ? -1 : 0 }
    }
}
let every = try HookPlan([CaptureRequest(hooks: ["*"])], for: model.architecture)
let streams = try HookPlan([CaptureRequest(hooks: ["blocks.*.hook_resid_pre"])], for: model.architecture)

if let folder = value("--check") {
    let file = try SafetensorsFile(path: folder + "/gradients.safetensors")
    let truth = try Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, try file.tensor($0)) })
    guard let input = truth["pixel_values"] else { fatalError("no pixel_values") }
    let result = model.gradients(GradientRequest(pixels: input, gradients: streams, seed: seed))
    for (name, values) in result.gradients {
        guard let expected = truth[name] else { fatalError("no \(name)") }
        let largest = expected.elements.map(\.magnitude).max() ?? 0
        let difference = zip(values.joined.elements, expected.elements).map { abs($0 - $1) }.max() ?? 0
        print("\(name): off by \(difference / largest) of the largest")
    }
}
for batch in batches {
    let input = pixels([batch] + model.architecture.inputShape)
    measure("ours, gradient at every hook", batch: batch, runs: runs) {
        _ = model.gradients(GradientRequest(pixels: input, plan: every, gradients: every, seed: seed))
    }
    measure("ours, gradient at the streams", batch: batch, runs: runs) {
        _ = model.gradients(GradientRequest(pixels: input, gradients: streams, seed: seed))
    }
    measure("ours, gradient by the pixels", batch: batch, runs: runs) {
        _ = model.gradients(GradientRequest(pixels: input, gradients: .empty, wantsPixels: true, seed: seed))
    }
    measure("ours, gradient by the parameters", batch: batch, runs: runs) {
        _ = model.gradients(GradientRequest(pixels: input, gradients: .empty, wantsParameters: true, seed: seed))
    }
}
