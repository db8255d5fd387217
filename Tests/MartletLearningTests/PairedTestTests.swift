// The paired t-test against tables and closed forms.

import MartletLearning
import Testing

@Suite struct PairedTestTests {
    @Test func againstKnownFigures() throws {
        // One degree of freedom is Cauchy's distribution: the differences 0 and 1 have t = 1, p = 1/2.
        #expect(abs(try #require(PairedTest.probability([0, 1])) - 0.5) < 1e-12)
        // Two degrees: p = 1 - t / √(2 + t²); of 0, 1, 2 t = √3.
        #expect(abs(try #require(PairedTest.probability([0, 1, 2])) - (1 - (3.0 / 5).squareRoot())) < 1e-12)
        // Critical values of the table for 5 % and 1 %, two-sided: 2.262157 and 3.249836 for 9 degrees.
        for (statistic, probability) in [(2.262157, 0.05), (3.249836, 0.01)] {
            let p = PairedTest.incompleteBeta(9 / (9 + statistic * statistic), 4.5, 0.5)
            #expect(abs(p - probability) < 1e-6)
        }
    }

    @Test func edges() {
        #expect(PairedTest.probability([]) == nil)
        #expect(PairedTest.probability([0.3]) == nil)
        #expect(PairedTest.probability([0, 0, 0]) == 1)
        #expect(PairedTest.probability([0.25, 0.25]) == 0)
        #expect(PairedTest.probability([1, -1, 1, -1]) == 1)
    }

    @Test func signAndOrderDoNotMatter() throws {
        let differences = [0.3, -0.1, 0.25, 0.7, 0, 0.02, -0.4]
        let p = try #require(PairedTest.probability(differences))
        #expect(p > 0 && p < 1)
        #expect(abs(try #require(PairedTest.probability(differences.map { -$0 })) - p) < 1e-12)
        #expect(abs(try #require(PairedTest.probability(differences.reversed())) - p) < 1e-12)
    }
}
