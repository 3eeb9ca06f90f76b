public import Scheduling
public import Web

extension BlockingPool: Workers {}
