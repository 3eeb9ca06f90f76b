internal import HTTPTypes
public import Imaging
public import Web

extension FigureError: ProblemConvertible {
    /// 413.
    public var problem: Problem { Problem(.contentTooLarge, description.capitalizedAtStart + ".") }
}
