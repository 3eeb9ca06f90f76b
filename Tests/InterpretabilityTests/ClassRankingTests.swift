import Foundation
import Interpretability
import Testing

@Suite struct ClassRankingTests {
    @Test(arguments: [1, 3, 16, 17, 40, 1_000])
    func theBestAreThoseOfACompleteSort(_ count: Int) {
        var seed: UInt64 = 7
        let logits = (0..<40).map { _ -> Float in
            seed = seed &* 6_364_136_223_846_793_005 &+ 1
            return Float(seed >> 60)  // many equal ones
        }
        let sorted = logits.indices.sorted { (logits[$0], -$0) > (logits[$1], -$1) }
        let ranking = ClassRanking(logits)
        #expect(ranking.top(count).map(\.index) == Array(sorted.prefix(count)))
        for (rank, index) in sorted.enumerated() { #expect(ranking.rank(of: index) == rank) }
    }

    @Test func probabilitiesAreSoftmax() {
        let ranking = ClassRanking([0, log(3), 1_000 - 1_000])
        #expect(abs(ranking.probability(1) - 0.6) < 1e-6)
        #expect(abs(ranking.top(3).reduce(0) { $0 + $1.probability } - 1) < 1e-12)
        #expect(ClassRanking([-1e30, 1e30]).probability(1) == 1)
    }

    /// A class that is ruled out by a logit of −∞ is one; where softmax has no value there is no order.
    @Test func whatIsNoNumberHasNoOrder() {
        for logits in [[.nan, -5, 2], [.nan, .nan], [.infinity, 0], [-.infinity, -.infinity]] as [[Float]] {
            let ranking = ClassRanking(logits)
            #expect(!ranking.isDefined && ranking.top(3).isEmpty && ranking.rank(of: 0) == nil, "\(logits)")
        }
        let ruledOut = ClassRanking([-.infinity, 1, 2])
        #expect(ruledOut.top(3).map(\.index) == [2, 1, 0] && ruledOut.probability(0) == 0)
    }

    @Test func noClassesGiveNone() {
        #expect(ClassRanking([]).top(5).isEmpty)
        #expect(ClassRanking([1]).top(0).isEmpty)
    }
}
