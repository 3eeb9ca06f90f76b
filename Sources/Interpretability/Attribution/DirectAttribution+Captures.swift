public import HookedModels

extension DirectAttribution {
    /// Where the streams of ``captures`` are taken.
    public var positions: [Int] { reading.positions }

    /// What a pass has to keep for it.
    public var captures: [CaptureRequest] {
        let architecture = model.architecture
        let layers = 0..<architecture.layers
        var streams = [HookPoint(.residPre, layer: 0)]
        if reading.readout.hasFinalNorm { streams.append(HookPoint(.lnFinalScale)) }
        if reading.needsLastStream {
            streams.append(HookPoint(.residPost, layer: architecture.layers - 1))
        }
        var sites: [Site] = []
        let isBranchNorm = architecture.block == .branchNorm && architecture.normalization != .none
        let attention: Site = isBranchNorm ? .ln1Normalized : .attnOut
        let mlp: [Site] = architecture.isAttentionOnly ? [] : [isBranchNorm ? .ln2Normalized : .mlpOut]
        switch axis {
        case .layer, .component: sites = [attention] + mlp
        case .head: sites = [.z] + mlp
        case .neuron: sites = [attention, .mlpPost]
        case .position: sites = [.pattern] + mlp
        }
        streams += layers.flatMap { layer in sites.map { HookPoint($0, layer: layer) } }
        var requests = [
            CaptureRequest(
                hooks: streams.map(\.name), selection: Selection(positions: .indices(reading.positions)))
        ]
        if reading.needsOutput { requests.append(CaptureRequest(hooks: [HookPoint(.postHead).name])) }
        if axis == .position {
            requests.append(CaptureRequest(hooks: layers.map { HookPoint(.v, layer: $0).name }))
        }
        return requests
    }
}
