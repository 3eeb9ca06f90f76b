/// The date format of HTTP (IMF-fixdate, RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
public enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Parameter seconds: Since 1970-01-01 00:00:00 UTC; years 0 to 9999.
    /// - Returns: 29 ASCII characters.
    public static func format(secondsSinceEpoch seconds: Int) -> String {
        let (day, second) = floorDivide(seconds, by: 86_400)
        let (year, month, dayOfMonth) = civil(daysSinceEpoch: day)
        let weekday = floorDivide(day + 4, by: 7).remainder
        let clock = "\(pad(second / 3600)):\(pad(second / 60 % 60)):\(pad(second % 60))"
        return "\(days[weekday]), \(pad(dayOfMonth)) \(months[month - 1]) \(pad(year, to: 4)) \(clock) GMT"
    }

    /// The Gregorian date of a day, by Howard Hinnant's `civil_from_days`: years begin in March, so that the
    /// leap day is the last, and 400 years are one era of 146,097 days.
    /// https://howardhinnant.github.io/date_algorithms.html
    private static func civil(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivide(_ value: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let remainder = ((value % divisor) + divisor) % divisor
        return ((value - remainder) / divisor, remainder)
    }

    private static func pad(_ number: Int, to width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
