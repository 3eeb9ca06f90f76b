internal import HTTPTypes
public import Imaging
public import Web

extension FigureError: ProblemConvertible {
    /// 413.
    public var problem: Problem {
        let text = description
        return Problem(.contentTooLarge, text.prefix(1).uppercased() + text.dropFirst() + ".")
    }
}
