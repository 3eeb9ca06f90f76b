import Imaging
import Testing

@Suite struct ColourMapTests {
    /// matplotlib 3: `viridis(i)` in bytes.
    @Test(
        arguments: [(0, 0x440154), (64, 0x3b528b), (128, 0x21918c), (192, 0x5ec962), (255, 0xfde725)] as [(Int, UInt32)]
    )
    func viridisIsMatplotlibs(index: Int, hexadecimal: UInt32) {
        #expect(ColourMap.viridis.colours.count == 256)
        #expect(ColourMap.viridis.colours[index] == Colour(hexadecimal))
        #expect(ColourMap.viridis(Float(index) / 255) == Colour(hexadecimal))
    }

    @Test func whatLiesOutsideGetsTheNearerEnd() {
        let map = ColourMap.viridis
        #expect(map(-5) == map(0) && map(5) == map(1) && map(.infinity) == map(1) && map(-.infinity) == map(0))
        #expect(map(.nan) == map.missing && map.missing != map(0))
    }

    @Test func divergingIsNeutralAtZeroBlueBelowAndRedAbove() {
        let map = ColourMap.diverging
        #expect(map.colours.count == 255)
        let middle = map(0.5)
        #expect(max(middle.red, middle.green, middle.blue) - min(middle.red, middle.green, middle.blue) < 8)
        for step in 1...127 {
            let (low, high) = (map.colours[127 - step], map.colours[127 + step])
            if step > 3 { #expect(low.blue > low.red && high.red > high.blue, "\(step) from the middle") }
            if step > 1 {
                // Ever darker, on both sides.
                #expect(light(low) <= light(map.colours[128 - step]) && light(high) <= light(map.colours[126 + step]))
            }
        }
    }

    @Test func categoriesAreToldApart() {
        let colours = (0..<40).map(CategoryColours.colour)
        for first in colours.indices {
            for second in (first + 1)..<40 {
                let (a, b) = (colours[first], colours[second])
                let distance = [(a.red, b.red), (a.green, b.green), (a.blue, b.blue)]
                    .reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
                #expect(distance > (second < 8 ? 80 : 12), "categories \(first) and \(second)")
            }
        }
        _ = CategoryColours.colour(.max)
    }

    private func light(_ colour: Colour) -> Int { 2 * Int(colour.red) + 7 * Int(colour.green) + Int(colour.blue) }
}
