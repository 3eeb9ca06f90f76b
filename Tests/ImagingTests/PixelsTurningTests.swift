import Imaging
import Testing

struct PixelsTurningTests {
    /// Two rows of three: a b c / d e f, told by their red channel.
    private let picture = Pixels(
        width: 3, height: 2, bytes: [1, 2, 3, 4, 5, 6].flatMap { [UInt8($0), UInt8(10 * $0), UInt8(20 * $0)] })

    @Test(
        arguments: [
            (ExifOrientation.upright, [[1, 2, 3], [4, 5, 6]]), (.mirrored, [[3, 2, 1], [6, 5, 4]]),
            (.upsideDown, [[6, 5, 4], [3, 2, 1]]), (.mirroredUpsideDown, [[4, 5, 6], [1, 2, 3]]),
            (.transposed, [[1, 4], [2, 5], [3, 6]]), (.quarterClockwise, [[4, 1], [5, 2], [6, 3]]),
            (.transversed, [[6, 3], [5, 2], [4, 1]]), (.quarterCounterclockwise, [[3, 6], [2, 5], [1, 4]]),
        ])
    func eachOrientationStandsUpright(orientation: ExifOrientation, rows: [[Int]]) {
        let turned = picture.turned(orientation)
        #expect(turned.height == rows.count && turned.width == rows[0].count)
        for (y, row) in rows.enumerated() {
            for (x, value) in row.enumerated() {
                #expect(turned[x, y] == (UInt8(value), UInt8(10 * value), UInt8(20 * value)))
            }
        }
    }

    @Test func everyOrientationHasAnInverse() {
        let inverses: [ExifOrientation: ExifOrientation] = [
            .quarterClockwise: .quarterCounterclockwise, .quarterCounterclockwise: .quarterClockwise,
        ]
        for orientation in ExifOrientation.allCases {
            #expect(picture.turned(orientation).turned(inverses[orientation] ?? orientation) == picture)
        }
    }
}
