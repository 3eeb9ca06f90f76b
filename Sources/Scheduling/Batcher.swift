/// The queue in front of one compute lane, as a pure state machine: it knows items by number, and time as a duration
/// since any fixed origin. It neither waits, nor locks, nor runs anything.
///
/// ```
///            admit            nextBatch             finish
///   (none) ───────► queued ─────────────► running ─────────► (gone)
///                     │ remove, expire       │ remove, expire: nobody waits any more; the lane goes on
///                     └──────► (gone) ◄──────┘
/// ```
public struct Batcher<Key: Hashable & Sendable>: Sendable {
    /// The number of an item, from 1 on, in the order of admission.
    public typealias ID = UInt64

    /// What the queue needs to know of an item.
    public struct Item: Sendable {
        /// How much of a batch it takes.
        public var rows: Int
        /// Items of equal key may share a batch; `nil` never does.
        public var key: Key?
        /// Who goes first.
        public var priority: Priority
        /// The moment after which nobody wants its result.
        public var deadline: Duration

        /// - Precondition: At least one row.
        public init(rows: Int, key: Key?, priority: Priority, deadline: Duration) {
            precondition(rows > 0, "an item has at least one row")
            self.rows = rows
            self.key = key
            self.priority = priority
            self.deadline = deadline
        }
    }

    private struct Entry: Sendable {
        let id: ID
        let item: Item
    }

    /// How many items may be queued; those running do not count.
    public let capacity: Int
    /// Which items may share a batch.
    public let joining: JoiningPolicy
    private var queues = [[Entry]](repeating: [], count: Priority.allCases.count)
    private var running: [ID: Item] = [:]
    private var lastID: ID = 0

    /// An empty queue.
    /// - Precondition: Room for one item at least.
    public init(capacity: Int, joining: JoiningPolicy) {
        precondition(capacity > 0, "a queue holds at least one item")
        self.capacity = capacity
        self.joining = joining
    }

    /// Items waiting.
    public var depth: Int { queues.reduce(0) { $0 + $1.count } }
    /// Items in the batch that runs and still wanted.
    public var runningCount: Int { running.count }

    /// The earliest deadline of anything queued or running.
    public var nextDeadline: Duration? {
        (queues.joined().map(\.item.deadline) + running.values.map(\.deadline)).min()
    }

    /// Queues an item; `nil` when the queue is full.
    public mutating func admit(_ item: Item) -> ID? {
        guard depth < capacity else { return nil }
        lastID += 1
        queues[item.priority.rawValue].append(Entry(id: lastID, item: item))
        return lastID
    }

    /// Forgets an item because nobody waits for it; `false` when it is gone already.
    @discardableResult
    public mutating func remove(_ id: ID) -> Bool {
        if running.removeValue(forKey: id) != nil { return true }
        for queue in queues.indices {
            if let place = queues[queue].firstIndex(where: { $0.id == id }) {
                queues[queue].remove(at: place)
                return true
            }
        }
        return false
    }

    /// Forgets everything whose deadline is not after `now`, queued or running, and names it.
    public mutating func expire(now: Duration) -> [ID] {
        let late = running.filter { $0.value.deadline <= now }.map(\.key).sorted()
        for id in late { running[id] = nil }
        var expired = late
        for queue in queues.indices {
            expired += queues[queue].filter { $0.item.deadline <= now }.map(\.id)
            queues[queue].removeAll { $0.item.deadline <= now }
        }
        return expired
    }

    /// Forgets everything queued, and names it.
    public mutating func clear() -> [ID] {
        let ids = queues.joined().map(\.id)
        for queue in queues.indices { queues[queue].removeAll() }
        return ids
    }

    /// Takes the next batch off the queue: the first item by priority and age, and with it those of equal key that
    /// still fit, in the same order. Empty when nothing is queued.
    public mutating func nextBatch() -> [ID] {
        guard let first = queues.lazy.compactMap(\.first).first else { return [] }
        var chosen = [first.id]
        var rows = first.item.rows
        if first.item.key != nil {
            for entry in queues.joined() where entry.id != first.id {
                guard chosen.count < joining.maximumItems, rows < joining.maximumRows else { break }
                guard entry.item.key == first.item.key, entry.item.rows <= joining.maximumRows - rows else { continue }
                chosen.append(entry.id)
                rows += entry.item.rows
            }
        }
        let members = Set(chosen)
        for queue in queues.indices {
            for entry in queues[queue] where members.contains(entry.id) { running[entry.id] = entry.item }
            queues[queue].removeAll { members.contains($0.id) }
        }
        return chosen
    }

    /// The lane is done with a batch.
    public mutating func finish(_ batch: [ID]) {
        for id in batch { running[id] = nil }
    }
}
