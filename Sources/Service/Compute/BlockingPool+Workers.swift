public import Scheduling
public import Web

/// Large documents are parsed where pictures are decoded: on threads that no other request waits for.
extension BlockingPool: Workers {}
