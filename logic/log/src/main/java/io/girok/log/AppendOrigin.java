package io.girok.log;

/// Who appends, which decides what is checked. Immutable.
public enum AppendOrigin {
    /// A producer: everything is checked.
    CLIENT,
    /// This broker's own coordinators and transaction markers: control batches are allowed, the rest is checked as for
    /// a client's producer state.
    COORDINATOR,
    /// The partition's leader decided already: offsets and epochs are kept, and must follow on what is there.
    REPLICATION
}
