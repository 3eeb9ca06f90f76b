import CImageCodecs

extension Pixels {
    /// The picture's colours at another size, equal to Pillow's `Image.resize` in every byte: along one axis, rounded
    /// to 8 bits, then along the other.
    ///
    /// - Parameter region: the part of the result that is wanted, all of it by default. Only that part is computed, so
    ///   resizing and cropping cost no more than the crop.
    /// - Precondition: the target extents are positive and the region lies inside.
    public func resized(
        width target: Int, height targetHeight: Int, _ interpolation: Interpolation,
        keeping region: PixelRegion? = nil
    ) -> Pixels {
        precondition(target > 0 && targetHeight > 0, "resizing to \(target) × \(targetHeight)")
        let region = region ?? PixelRegion(columns: 0..<target, rows: 0..<targetHeight)
        precondition(
            region.columns.lowerBound >= 0 && region.columns.upperBound <= target && region.rows.lowerBound >= 0
                && region.rows.upperBound <= targetHeight && !region.columns.isEmpty && !region.rows.isEmpty,
            "\(region) is outside \(target) × \(targetHeight)")
        if target == width && targetHeight == height { return cropped(to: region) }
        if interpolation == .nearest { return sampled(width: target, height: targetHeight, region) }

        let alongX = ResamplingWindows(source: width, target: target, keeping: region.columns, interpolation)
        let alongY = ResamplingWindows(source: height, target: targetHeight, keeping: region.rows, interpolation)
        if target == width { return resampledAlongY(alongY, region.columns) }
        if targetHeight == height { return resampledAlongX(alongX, region.rows) }
        // The order shows in the last bit, so it is Pillow's (13.0): rows first where many more of them go.
        if height > targetHeight && height - targetHeight > 2 * (width - target) {
            return resampledAlongY(alongY, alongX.touched).resampledAlongX(alongX.rebased(), 0..<region.rows.count)
        }
        return resampledAlongX(alongX, alongY.touched).resampledAlongY(alongY.rebased(), 0..<region.columns.count)
    }

    private func resampledAlongX(_ windows: ResamplingWindows, _ rows: Range<Int>) -> Pixels {
        let columns = windows.starts.count
        let count = columns * rows.count * 3
        let result = [UInt8](unsafeUninitializedCapacity: count) { result, initialized in
            let done = bytes.withUnsafeBufferPointer { source in
                codec_resample_along_x(
                    source.extracting((rows.lowerBound * width * 3)...).baseAddress, UInt32(rows.count), UInt32(width),
                    result.baseAddress, UInt32(columns), windows.starts, windows.weights, UInt32(windows.taps))
            }
            guard done == 1 else { fatalError("out of memory while resizing a picture \(width) wide") }
            initialized = count
        }
        return Pixels(width: columns, height: rows.count, bytes: result)
    }

    private func resampledAlongY(_ windows: ResamplingWindows, _ columns: Range<Int>) -> Pixels {
        let (rows, stride, count) = (windows.starts.count, width * 3, columns.count * 3)
        let result = [UInt8](unsafeUninitializedCapacity: rows * count) { result, initialized in
            bytes.withUnsafeBufferPointer { source in
                windows.weights.withUnsafeBufferPointer { weights in
                    for row in 0..<rows {
                        let start = Int(windows.starts[row]) * stride + columns.lowerBound * 3
                        codec_resample_along_y(
                            source.extracting(start...).baseAddress, stride, count,
                            weights.extracting((row * windows.taps)...).baseAddress, UInt32(windows.counts[row]),
                            result.extracting((row * count)...).baseAddress)
                    }
                }
            }
            initialized = rows * count
        }
        return Pixels(width: columns.count, height: rows, bytes: result)
    }

    private func sampled(width target: Int, height targetHeight: Int, _ region: PixelRegion) -> Pixels {
        let columns = Pixels.nearestIndices(source: width, target: target, region.columns)
        let rows = Pixels.nearestIndices(source: height, target: targetHeight, region.rows)
        var result: [UInt8] = []
        result.reserveCapacity(columns.count * rows.count * 3)
        for row in rows {
            for column in columns {
                let start = (row * width + column) * 3
                result.append(bytes[start])
                result.append(bytes[start + 1])
                result.append(bytes[start + 2])
            }
        }
        return Pixels(width: columns.count, height: rows.count, bytes: result)
    }

    /// The source index under the centre of each target index. The centre is a running sum as Pillow keeps it: a
    /// product would round differently and now and then name the neighbour.
    private static func nearestIndices(source: Int, target: Int, _ range: Range<Int>) -> [Int] {
        let scale = Double(source) / Double(target)
        var centre = scale * 0.5
        var indices: [Int] = []
        indices.reserveCapacity(range.count)
        for index in 0..<range.upperBound {
            if index >= range.lowerBound { indices.append(min(Int(centre), source - 1)) }
            centre += scale
        }
        return indices
    }
}
