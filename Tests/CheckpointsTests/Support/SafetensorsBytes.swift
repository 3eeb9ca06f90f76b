/// Safetensors files by hand, so that each rule can be broken alone.
enum SafetensorsBytes {
    static func file(_ json: String, data: Int) -> [UInt8] { file(Array(json.utf8), data: data) }

    static func file(_ json: [UInt8], data: Int) -> [UInt8] {
        length(UInt64(json.count)) + json + [UInt8](repeating: 0, count: data)
    }

    static func length(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    static func entry(
        _ name: String = "a", _ type: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]"
    ) -> String {
        #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
    }
}
