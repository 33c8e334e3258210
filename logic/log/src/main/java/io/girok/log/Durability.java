package io.girok.log;

/// When an appended record counts as durable (`durability`). Immutable.
public enum Durability {
    /// Once it is on stable storage.
    FSYNC,
    /// Once the operating system has it: survives the end of the process, not the end of the machine.
    OS
}
