// Forward time of a checkpoint on our side, as JSON lines like those of torch/forward.py, in the same units:
// {"what", "batch", "seconds": the best, "median", "runs"}; and what the machine's GEMM can do at most.
//
//   Forward CHECKPOINT [--batches 1,8,32] [--runs 9]
import Checkpoints
import Foundation
import HookedModels
import Tensors

func measure(_ what: String, batch: Int, runs: Int, _ body: () -> Void) {
    for _ in 0..<2 { body() }
    let seconds = (0..<runs).map { _ in ContinuousClock().measure(body) / .seconds(1) }.sorted()
    report(what, batch: batch, best: seconds[0], median: seconds[runs / 2], runs: runs)
}

func report(_ what: String, batch: Int, best: Double, median: Double, runs: Int) {
    let line = #"{"what": "\#(what)", "batch": \#(batch), "seconds": \#(best), "median": \#(median), "runs": \#(runs)}"#
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

guard let path = CommandLine.arguments.dropFirst().first else { fatalError("usage: Forward CHECKPOINT") }
let batches = (value("--batches") ?? "1,8,32").split(separator: ",").compactMap { Int($0) }
let runs = value("--runs").flatMap { Int($0) } ?? 9

let opened = ContinuousClock.now
let model = try HookedModel(Checkpoint(path: path))
let loading = (ContinuousClock.now - opened) / .seconds(1)
report("load", batch: 0, best: loading, median: loading, runs: 1)

// Peak is what OpenBLAS reaches with the same threads on a square product that hides all packing.
let square = pixels([2_048, 2_048])
Threads.setBLASThreads(Threads.available)
measure("sgemm 2048", batch: 0, runs: runs) { _ = square.matrixMultiplied(by: square) }
Threads.setBLASThreads(1)

let last = model.architecture.layers - 1
let plans: [(what: String, plan: HookPlan)] = [
    ("ours", .empty),
    (
        "ours, one hook",
        try HookPlan([CaptureRequest(hooks: ["blocks.\(last).hook_resid_pre"])], for: model.architecture)
    ),
    ("ours, every hook", try HookPlan([CaptureRequest(hooks: ["*"])], for: model.architecture)),
]
for batch in batches {
    let input = pixels([batch] + model.architecture.inputShape)
    for (what, plan) in plans {
        measure(what, batch: batch, runs: runs) { _ = model.run([ForwardRequest(pixels: input, plan: plan)]) }
    }
}
FileHandle.standardError.write(
    Data(
        "kernels \(KernelChoice.current), OpenBLAS \(ComputeDescription.openBLASCore), \(Threads.available) threads\n"
            .utf8))
