extension HookTable {
    /// The hooks of a name or pattern, at least one.
    /// - Throws: why there is none.
    func matches(
        _ hook: String, _ architecture: Architecture, _ flags: HookFlags, _ stopAtLayer: Int?,
        _ failure: (HookPlanError.Reason) -> HookPlanError
    ) throws(HookPlanError) -> [Entry] {
        let glob: Glob
        do {
            glob = try Glob(hook)
        } catch {
            throw failure(.badPattern(hook, reason: error.reason))
        }
        let matches = entries.filter { glob.matches($0.point.name) }
        if matches.isEmpty { throw failure(Self.explain(hook, architecture, flags: flags, stopAtLayer: stopAtLayer)) }
        return matches
    }

    /// Why nothing matched: a flag that is off, a layer that is not reached, or a name that does not exist.
    private static func explain(
        _ hook: String, _ architecture: Architecture, flags: HookFlags, stopAtLayer: Int?
    ) -> HookPlanError.Reason {
        let possible = HookTable(possible: architecture, flags: flags)
        let matches = (try? Glob(hook)).map { glob in possible.entries.filter { glob.matches($0.point.name) } } ?? []
        if let gated = matches.first(where: { !flags.enables($0.point.site) }), let flag = gated.flag {
            return .flagIsOff(gated.point.name, flag: flag)
        }
        if let first = matches.first, let stopAtLayer { return .notReached(first.point.name, stopAtLayer: stopAtLayer) }
        let isLiteral = (try? Glob(hook))?.isLiteral ?? true
        return isLiteral ? .unknownHook(hook, known: possible.entries.map(\.point.name)) : .noMatch(hook)
    }
}
